/** How fast a number that only grows does so, over the last seconds. */
export interface RateMeter {
  /** Takes a reading. One that is lower than the last begins anew: a topic was made again, say. */
  take(at: number, value: number): void;
  /** Growth a second; 0 before two readings are a second apart. */
  perSecond(): number;
}

const WINDOW_MS = 5000;
const SHORTEST_MS = 900;
/** Readings closer together than this replace each other, which bounds their number. */
const STEP_MS = 250;

export function createRateMeter(): RateMeter {
  let readings: { at: number; value: number }[] = [];
  return {
    take(at, value) {
      const last = readings.at(-1);
      if (last !== undefined && (value < last.value || at < last.at)) readings = [];
      const beforeLast = readings.at(-2);
      if (last !== undefined && beforeLast !== undefined && last.at - beforeLast.at < STEP_MS) readings.pop();
      readings.push({ at, value });
      while (readings.length > 2 && (readings[1]?.at ?? at) < at - WINDOW_MS) readings.shift();
    },
    perSecond() {
      const [first, last] = [readings[0], readings.at(-1)];
      if (first === undefined || last === undefined || last.at - first.at < SHORTEST_MS) return 0;
      return ((last.value - first.value) / (last.at - first.at)) * 1000;
    },
  };
}
