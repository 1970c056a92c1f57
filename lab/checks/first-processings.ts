import type { LedgerEntry } from './history.ts';
import { findIndexFrom, type Records } from './records.ts';

/** A receipt by which records were processed for the first time. */
export interface FirstProcessing {
  readonly receipt: LedgerEntry;
  /** The indexes of those records, ascending. */
  readonly indexes: readonly number[];
}

/** The receipts of a partition, in append order, by which records of the run were processed for the first time. */
export function* listFirstProcessings(records: Records, receipts: readonly LedgerEntry[]): Generator<FirstProcessing> {
  const isProcessed = new Uint8Array(records.length);
  for (const receipt of receipts) {
    const indexes: number[] = [];
    const end = findIndexFrom(records, receipt.to + 1);
    for (let index = findIndexFrom(records, receipt.from); index < end; index += 1) {
      if (isProcessed[index] === 0) indexes.push(index);
      isProcessed[index] = 1;
    }
    if (indexes.length > 0) yield { receipt, indexes };
  }
}
