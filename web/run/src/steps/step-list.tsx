import type { SavedRun, SavedStep } from '../../../../lib/contracts/saved-run.ts';
import { formatDuration } from '../../../src/format/format-duration.ts';
import { formatOffset } from '../format/format-offset.ts';
import { useRows } from '../tables/use-rows.tsx';
import { VerdictMark } from '../verdict/verdict-mark.tsx';

interface StepListProps {
  readonly run: SavedRun;
  readonly isPrinting: boolean;
  /** Shows the time of a step in the timeline. */
  readonly onShow: (step: SavedStep) => void;
}

/** Of many steps those that could not be done are shown first of all. */
export const LONG_STEPS = {
  isNotable: ({ outcome }: SavedStep): boolean => outcome === 'failed' || outcome === 'unsupported',
  most: 50,
  name: 'steps',
} as const;

/** What was done, in order; pressing a step shows it in the timeline. */
export function StepList({ run, isPrinting, onShow }: StepListProps) {
  const { shown, more } = useRows({ ...LONG_STEPS, rows: run.steps, isPrinting });
  return (
    <section class="panel" aria-labelledby="steps-title">
      <div class="section-head">
        <h2 id="steps-title">Steps</h2>
        <p class="section-sum">press one to see it in the timeline</p>
      </div>
      <ol class="steps">
        {shown.map((step) => (
          <li key={step.index} class={`step outcome-${step.outcome}`} data-step={step.index}>
            <StepText step={step} onShow={onShow} />
            <VerdictMark of={step.outcome} />
            <p class="step-more">
              <StepTime step={step} startedAt={run.startedAt} />
              {step.detail !== null && <span class="step-detail">{step.detail}</span>}
            </p>
          </li>
        ))}
      </ol>
      {more}
    </section>
  );
}

function StepText({ step, onShow }: { step: SavedStep; onShow: (step: SavedStep) => void }) {
  const number = <span class="step-number">{step.index + 1}</span>;
  if (step.outcome === 'pending') {
    return (
      <span class="step-text">
        {number} {step.text}
      </span>
    );
  }
  return (
    <button type="button" class="step-text step-button" onClick={() => onShow(step)}>
      {number} {step.text}
      <span class="hidden">: show in the timeline</span>
    </button>
  );
}

function StepTime({ step, startedAt }: { step: SavedStep; startedAt: number }) {
  if (step.outcome === 'pending') return <span>not begun</span>;
  return (
    <>
      <span>
        <span class="hidden">at </span>
        {formatOffset(step.startedAt - startedAt)}
      </span>
      <span>
        <span class="hidden">took </span>
        {step.endedAt === null ? 'did not end' : formatDuration(step.endedAt - step.startedAt)}
      </span>
    </>
  );
}
