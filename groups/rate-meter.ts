/** How fast a number grows, over the last seconds. */
export interface RateMeter {
  take(at: number, value: number): void;
  /** Growth a second; 0 before two readings are a second apart. */
  perSecond(): number;
}

/** How long a meter looks back, and whether what it measures can shrink. */
export interface RateMeterOptions {
  /** @default 5000 */
  readonly windowMs?: number;
  /**
   * Whether the number may fall. One that only grows begins anew with a reading that is lower than the last: a topic was
   * made again, say.
   *
   * @default false
   */
  readonly mayFall?: boolean;
}

const SHORTEST_MS = 900;
/** Readings closer together than this replace each other, which bounds their number. */
const STEP_MS = 250;

/** A meter of one number without readings: its rate is 0 until there are two. */
export function createRateMeter({ windowMs = 5000, mayFall = false }: RateMeterOptions = {}): RateMeter {
  let readings: { at: number; value: number }[] = [];
  return {
    take(at, value) {
      const last = readings.at(-1);
      if (last !== undefined && ((value < last.value && !mayFall) || at < last.at)) readings = [];
      const beforeLast = readings.at(-2);
      if (last !== undefined && beforeLast !== undefined && last.at - beforeLast.at < STEP_MS) readings.pop();
      readings.push({ at, value });
      while (readings.length > 2 && (readings[1]?.at ?? at) < at - windowMs) readings.shift();
    },
    perSecond() {
      const [first, last] = [readings[0], readings.at(-1)];
      if (first === undefined || last === undefined || last.at - first.at < SHORTEST_MS) return 0;
      return ((last.value - first.value) / (last.at - first.at)) * 1000;
    },
  };
}
