import type { ChipPlace, Motion, Place, Positions, Shift } from './plan-motion.ts';

const TIMING = { duration: 600, easing: 'cubic-bezier(0.3, 0, 0.15, 1)' } as const;
const STILL = 'translate(0, 0)';

export interface Animator {
  /** Where everything seems to be now, in the midst of a motion too. */
  measure(): Positions;
  /** Ends what still moves, so that a measurement tells where everything will come to rest. */
  settle(): void;
  /**
   * Plays a motion. The page is only written: everything it has to know was measured before.
   *
   * @param goals where everything comes to rest
   */
  play(motion: Motion, goals: Positions): void;
}

/**
 * Moves chips and cards in a board. Reading and writing are phases of their own: with a hundred elements, one reading
 * after a writing each would lay the page out a hundred times.
 *
 * @param root the board, which holds the cards
 * @param sky an empty layer over the board, where chips fly above all cards
 */
export function createAnimator(root: HTMLElement, sky: HTMLElement): Animator {
  let running: Animation[] = [];
  const flyers = new Map<string, HTMLElement>();

  const start = (element: HTMLElement, keyframes: Keyframe[]): Animation => {
    const animation = element.animate(keyframes, TIMING);
    running.push(animation);
    return animation;
  };
  const shiftFrom = (element: HTMLElement | undefined, { dx, dy }: Shift): void => {
    if (element !== undefined) start(element, [{ transform: `translate(${dx}px, ${dy}px)` }, { transform: STILL }]);
  };
  const fly = (chip: HTMLElement, shift: Shift, goal: ChipPlace): void => {
    const flyer = createFlyer(chip, goal);
    sky.append(flyer);
    flyers.set(shift.key, flyer);
    // The chip itself waits, unseen, where the flyer will land.
    start(chip, [{ opacity: 0 }, { opacity: 0 }]);
    start(flyer, [{ transform: `translate(${shift.dx}px, ${shift.dy}px)` }, { transform: STILL }]).onfinish = () => {
      flyer.remove();
      flyers.delete(shift.key);
    };
  };

  return {
    measure: () => {
      const origin = root.getBoundingClientRect();
      const measureChip = ([key, element]: [string, HTMLElement]): [string, ChipPlace] => {
        const flyer = flyers.get(key);
        const { x, y, width, height } = (flyer ?? element).getBoundingClientRect();
        const card = element.closest<HTMLElement>('[data-card]')?.dataset['card'] ?? '';
        return [key, { x: x - origin.x, y: y - origin.y, width, height, card, isFlying: flyer !== undefined }];
      };
      return {
        cards: new Map([...findElements(root, 'card')].map(([key, element]) => [key, placeOf(element, origin)])),
        chips: new Map([...findElements(root, 'partition')].map(measureChip)),
      };
    },
    settle: () => {
      for (const animation of running) animation.cancel();
      running = [];
      flyers.clear();
      sky.replaceChildren();
    },
    play: ({ flights, chipShifts, cardShifts }, goals) => {
      const cards = findElements(root, 'card');
      const chips = findElements(root, 'partition');
      for (const shift of cardShifts) shiftFrom(cards.get(shift.key), shift);
      for (const shift of chipShifts) shiftFrom(chips.get(shift.key), shift);
      for (const shift of flights) {
        const chip = chips.get(shift.key);
        const goal = goals.chips.get(shift.key);
        if (chip !== undefined && goal !== undefined) fly(chip, shift, goal);
      }
    },
  };
}

function findElements(root: HTMLElement, name: 'card' | 'partition'): Map<string, HTMLElement> {
  const elements = root.querySelectorAll<HTMLElement>(`[data-${name}]`);
  return new Map([...elements].map((element) => [element.dataset[name] ?? '', element]));
}

function placeOf(element: HTMLElement, origin: Place): Place {
  const { x, y } = element.getBoundingClientRect();
  return { x: x - origin.x, y: y - origin.y };
}

/** A copy of the chip for the eye only: tests and screen readers find the partition once, in its card. */
function createFlyer(chip: HTMLElement, { x, y, width, height }: ChipPlace): HTMLElement {
  const flyer = chip.cloneNode(true) as HTMLElement;
  delete flyer.dataset['partition'];
  flyer.classList.add('chip-flying');
  Object.assign(flyer.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
  return flyer;
}
