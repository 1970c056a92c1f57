import type { LedgerEntry } from './history.ts';
import { findIndexFrom, type Records } from './records.ts';

/** A receipt by which records were processed for the first time. */
export interface FirstProcessing {
  readonly receipt: LedgerEntry;
  /** The indexes of those records, ascending. */
  readonly indexes: Uint32Array;
}

/** The receipts of a partition, in append order, by which records of the run were processed for the first time. */
export function* listFirstProcessings(records: Records, receipts: readonly LedgerEntry[]): Generator<FirstProcessing> {
  const isProcessed = new Uint8Array(records.length);
  // Each record has one first processing: their places fill one list.
  const places = new Uint32Array(records.length);
  let count = 0;
  for (const receipt of receipts) {
    const begin = count;
    const end = findIndexFrom(records, receipt.to + 1);
    for (let index = findIndexFrom(records, receipt.from); index < end; index += 1) {
      if (isProcessed[index] === 0) places[count++] = index;
      isProcessed[index] = 1;
    }
    if (count > begin) yield { receipt, indexes: places.subarray(begin, count) };
  }
}
