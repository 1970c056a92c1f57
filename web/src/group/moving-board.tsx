import { Component, createRef, type ComponentChildren, type RefObject } from 'preact';
import { createAnimator, type Animator } from './animate-motion.ts';
import { planMotion, type Positions } from './plan-motion.ts';

interface MovingBoardProps {
  /** Changes when, and only when, cards or chips have another place than before. */
  readonly arrangement: string;
  readonly children: ComponentChildren;
}

/**
 * Lets chips be seen on their way when their partition gets another owner. It is a class because only a class is
 * asked before its children change on the page, which is the last moment to measure where they were.
 */
export class MovingBoard extends Component<MovingBoardProps> {
  readonly #root: RefObject<HTMLDivElement | null> = createRef();
  readonly #sky: RefObject<HTMLDivElement | null> = createRef();
  #animator: Animator | undefined;

  override componentDidMount(): void {
    if (this.#root.current === null || this.#sky.current === null) return;
    this.#animator = createAnimator(this.#root.current, this.#sky.current);
  }

  override getSnapshotBeforeUpdate(before: MovingBoardProps): Positions | undefined {
    if (before.arrangement === this.props.arrangement || isMotionUnwanted()) return undefined;
    return this.#animator?.measure();
  }

  override componentDidUpdate(_props: MovingBoardProps, _state: unknown, before: Positions | undefined): void {
    if (before === undefined || this.#animator === undefined) return;
    this.#animator.settle();
    const after = this.#animator.measure();
    this.#animator.play(planMotion(before, after), after);
  }

  override render({ children }: MovingBoardProps) {
    return (
      <div class="board" ref={this.#root}>
        {children}
        <div class="board-sky" ref={this.#sky} aria-hidden="true" />
      </div>
    );
  }
}

function isMotionUnwanted(): boolean {
  return document.hidden || window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
