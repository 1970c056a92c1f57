import type { PreparedPartition } from './prepare-run.ts';

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
export function findGaps({ records, coverage, arrivedAt }: PreparedPartition, end: number): readonly Gap[] {
  const gaps: Gap[] = [];
  const isProcessed = new Uint8Array(records.length);
  let waiting = 0;
  let finishedAt = -Infinity;
  const note = (to: number): void => {
    while (waiting < records.length && (isProcessed[waiting] === 1 || Number.isNaN(arrivedAt(waiting)))) waiting += 1;
    const from = Math.max(finishedAt, waiting < records.length ? arrivedAt(waiting) : Infinity);
    if (from < to) gaps.push({ from, to });
  };
  for (const { receipt, indexes } of coverage.firstProcessings) {
    note(Date.parse(receipt.startedAt));
    for (const index of indexes) isProcessed[index] = 1;
    finishedAt = Math.max(finishedAt, Date.parse(receipt.finishedAt));
  }
  note(end);
  return gaps;
}
