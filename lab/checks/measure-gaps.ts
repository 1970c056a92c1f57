import type { PreparedPartition, PreparedRun } from './prepare-run.ts';
import { findIndexFrom } from './run.ts';

/** In milliseconds since the epoch. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds the times in which a partition had records to process and none was: from the end of a receipt, or from when
 * the first record behind it came if that was later, to the beginning of the next receipt. Redeliveries count for
 * nothing. A record came when it was sent, so that one which could not be stored waits as well.
 *
 * @param end of what is looked at: records that are still waiting have waited to then
 */
export function findGaps(run: PreparedRun, end: number): ReadonlyMap<number, readonly Gap[]> {
  const arrivals = collectArrivals(run);
  // What is missing would look like gaps.
  const whole = [...run.partitions].filter(([, { log, ledger }]) => log === 'whole' && ledger === 'whole');
  return new Map(whole.map(([number, partition]) => [number, findInPartition(partition, arrivals.get(number), end)]));
}

/** When each acknowledged record of a partition was sent, by its place among the records; NaN for others. */
function collectArrivals({ history, partitions }: PreparedRun): ReadonlyMap<number, Float64Array> {
  const arrivals = new Map(
    [...partitions].map(([number, { records }]) => [number, new Float64Array(records.length).fill(NaN)]),
  );
  for (const { invokedAt, outcome } of history.operations) {
    if (outcome.kind !== 'ok') continue;
    const records = partitions.get(outcome.partition)?.records ?? [];
    const index = findIndexFrom(records, outcome.offset);
    const ofPartition = arrivals.get(outcome.partition);
    if (ofPartition && records[index]?.offset === outcome.offset) ofPartition[index] = invokedAt;
  }
  return arrivals;
}

function findInPartition(
  { records, receipts }: PreparedPartition,
  arrivals: Float64Array = new Float64Array(),
  end: number,
): readonly Gap[] {
  const gaps: Gap[] = [];
  const isProcessed = new Uint8Array(records.length);
  let waiting = 0;
  let finishedAt = -Infinity;
  const note = (to: number): void => {
    while (waiting < records.length && (isProcessed[waiting] === 1 || Number.isNaN(arrivals[waiting]))) waiting += 1;
    const from = Math.max(finishedAt, arrivals[waiting] ?? Infinity);
    if (from < to) gaps.push({ from, to });
  };
  for (const receipt of receipts) {
    const first = findIndexFrom(records, receipt.from);
    const last = findIndexFrom(records, receipt.to + 1);
    const unprocessed = isProcessed.subarray(first, last).indexOf(0);
    if (unprocessed < 0) continue;
    note(Date.parse(receipt.startedAt));
    isProcessed.fill(1, first, last);
    finishedAt = Math.max(finishedAt, Date.parse(receipt.finishedAt));
  }
  note(end);
  return gaps;
}
