import { countLeading } from '../../verify/checks/count-leading.ts';
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
 * @param storedAt when each record was stored, in milliseconds since the epoch, ascending
 */
export function measureDip(trace: readonly Processing[], storedAt: readonly number[], { from, to }: Window): number {
  const processedAt = findFirsts(trace).map(({ at }) => at);
  let largest = 0;
  for (let end = from + STEP_MS; end <= to; end += STEP_MS) {
    const stored = countWithin(storedAt, end - DIP_WINDOW_MS, end);
    if (stored === 0) continue;
    largest = Math.max(largest, 1 - countWithin(processedAt, end - DIP_WINDOW_MS, end) / stored);
  }
  return largest * 100;
}

/** How many of the ascending times are after one moment, and not after another. */
function countWithin(times: readonly number[], after: number, until: number): number {
  return countUntil(times, until) - countUntil(times, after);
}

function countUntil(times: readonly number[], moment: number): number {
  return countLeading(times.length, (place) => (times[place] ?? Infinity) <= moment);
}
