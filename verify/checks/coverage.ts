import type { LedgerEntry, LoggedRecord } from './history.ts';
import { findIndexFrom } from './records.ts';
import type { PartitionRun } from './run.ts';

/** A receipt that processed records for the first time after a later one of their key had been processed. */
interface Overtaking {
  /** The first of the records that came too late. */
  readonly record: LoggedRecord;
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
  /** In append order. */
  readonly firstProcessings: readonly FirstProcessing[];
}

/** A receipt by which records were processed for the first time. */
interface FirstProcessing {
  readonly receipt: LedgerEntry;
  /** The indexes of those records, ascending. */
  readonly indexes: Uint32Array;
}

/**
 * Counts the receipts over the run's records of one partition: one pass in append order, five bytes per record however far
 * the receipts reach, and a place per key. Offsets that hold no record of the run count for nothing.
 */
export function buildCoverage({ records, receipts }: Pick<PartitionRun, 'records' | 'receipts'>): Coverage {
  const counts = new Uint8Array(records.length);
  const overtakings: Overtaking[] = [];
  const firstProcessings: FirstProcessing[] = [];
  // Each record has one first processing: their places fill one list.
  const places = new Uint32Array(records.length);
  let processed = 0;
  const furthest = new FurthestByKey(records.keys.size);
  let repeatedProcessings = 0;
  for (const receipt of receipts) {
    let late: { readonly first: number; readonly overtakenBy: LedgerEntry; records: number } | undefined;
    const begin = processed;
    const end = findIndexFrom(records, receipt.to + 1);
    for (let index = findIndexFrom(records, receipt.from); index < end; index += 1) {
      const overtakenBy = furthest.advance(records.keyAt(index), index, receipt);
      if (counts[index] !== 0) {
        counts[index] = 2;
        repeatedProcessings += 1;
        continue;
      }
      counts[index] = 1;
      places[processed++] = index;
      if (overtakenBy === undefined) continue;
      if (late) late.records += 1;
      else late = { first: index, overtakenBy, records: 1 };
    }
    if (processed > begin) firstProcessings.push({ receipt, indexes: places.subarray(begin, processed) });
    if (late) {
      const { first, overtakenBy } = late;
      overtakings.push({ record: records.at(first), overtakenRecords: late.records, receipt, overtakenBy });
    }
  }
  return { counts, repeatedProcessings, overtakings, firstProcessings };
}

/** Of each key the last record in the log that was processed, and by which receipt first. */
class FurthestByKey {
  readonly #indexes: Int32Array;
  readonly #receipts: LedgerEntry[] = [];

  /** @param keys how many there are */
  constructor(keys: number) {
    this.#indexes = new Int32Array(keys).fill(-1);
  }

  /** @returns the receipt by which a later record of the key was processed already. */
  advance(key: number, index: number, receipt: LedgerEntry): LedgerEntry | undefined {
    // Records without a key go anywhere, and may be processed in any order.
    if (key < 0) return undefined;
    const before = this.#indexes[key] ?? -1;
    if (index < before) return this.#receipts[key];
    if (index > before) {
      this.#indexes[key] = index;
      this.#receipts[key] = receipt;
    }
    return undefined;
  }
}
