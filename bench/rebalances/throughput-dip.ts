import { findLargestDip } from '../../verify/checks/measure-dip.ts';
import { findFirsts, type Processing, type Window } from './trace.ts';

/** Length of the stretch over which records are counted. */
export const DIP_WINDOW_MS = 1000;
/** How far apart such stretches begin. */
const STEP_MS = 10;

/**
 * How far consuming fell behind producing at its worst, in percent: of all stretches of a second that end in the
 * window, the one with the smallest number of records processed for the first time, relative to those stored in the
 * same second. 0 when nothing was missing anywhere, 100 when nothing at all was processed for a second.
 *
 * @param storedAt when each record was stored, in milliseconds since the epoch
 */
export function measureDip(trace: readonly Processing[], storedAt: readonly number[], { from, to }: Window): number {
  const begin = from - DIP_WINDOW_MS;
  const buckets = Math.floor((to - begin) / STEP_MS);
  const count = (times: readonly number[]): Float64Array => {
    const counts = new Float64Array(Math.max(0, buckets));
    for (const at of times) {
      const bucket = Math.floor((at - begin) / STEP_MS);
      if (bucket >= 0 && bucket < buckets) counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    return counts;
  };
  const processed = count(findFirsts(trace).map(({ at }) => at));
  const dip = findLargestDip(
    { begin, bucketMs: STEP_MS, stored: count(storedAt), processed },
    { windowBuckets: DIP_WINDOW_MS / STEP_MS, leastStored: 1 },
  );
  return (dip?.share ?? 0) * 100;
}
