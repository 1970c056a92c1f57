import type { LedgerEntry } from './history.ts';
import { findIndexFrom, type PartitionRun, type RunRecord } from './run.ts';

/** A receipt that processed records for the first time after a later one had been processed. */
export interface Overtaking {
  /** The first of the records that came too late. */
  readonly record: RunRecord;
  /** How many records of this receipt came too late. */
  readonly overtakenRecords: number;
  readonly receipt: LedgerEntry;
  readonly overtakenBy: LedgerEntry;
}

/** What the receipts of a partition say about the run's records in it. */
export interface Coverage {
  /** Per record of the partition, in its order: 0 without receipt, 1 with one, 2 with more. */
  readonly counts: Uint8Array;
  /** Processings beyond each record's first. */
  readonly repeatedProcessings: number;
  readonly overtakings: readonly Overtaking[];
}

/**
 * Counts the receipts over the run's records of one partition: one pass in append order, one byte per
 * record however far the receipts reach. Offsets that hold no record of the run count for nothing.
 */
export function buildCoverage({ records, receipts }: Pick<PartitionRun, 'records' | 'receipts'>): Coverage {
  const counts = new Uint8Array(records.length);
  const overtakings: Overtaking[] = [];
  let repeatedProcessings = 0;
  let furthest: { readonly index: number; readonly receipt: LedgerEntry } | undefined;
  for (const receipt of receipts) {
    const first = findIndexFrom(records, receipt.from);
    const end = findIndexFrom(records, receipt.to + 1);
    const covered = cover(counts, first, end, furthest?.index ?? -1);
    repeatedProcessings += covered.repeated;
    const record = records[covered.firstLate];
    if (furthest && record) {
      overtakings.push({ record, overtakenRecords: covered.late, receipt, overtakenBy: furthest.receipt });
    }
    if (first < end && end - 1 > (furthest?.index ?? -1)) furthest = { index: end - 1, receipt };
  }
  return { counts, repeatedProcessings, overtakings };
}

/** Counts one receipt over the records from `first` to before `end`; late are the new ones before `furthest`. */
function cover(counts: Uint8Array, first: number, end: number, furthest: number) {
  let repeated = 0;
  let late = 0;
  let firstLate = -1;
  for (let index = first; index < end; index += 1) {
    if (counts[index] !== 0) {
      counts[index] = 2;
      repeated += 1;
      continue;
    }
    counts[index] = 1;
    if (index >= furthest) continue;
    if (late === 0) firstLate = index;
    late += 1;
  }
  return { repeated, late, firstLate };
}
