import { GrowingColumn } from './growing-column.ts';
import type { LoggedRecord } from './history.ts';
import type { OperationRow, Operations } from './operations.ts';
import type { Records } from './records.ts';

/** What the answers say of the records of a partition. */
export interface StoredRecords {
  /** Per record: 1 for one that was acknowledged at its place. */
  readonly isAcknowledged: Uint8Array;
  /** Per record: 1 for one of which there was a copy before it, in this partition or another. */
  readonly isCopy: Uint8Array;
  /** When a record was asked for, in milliseconds since the epoch; NaN for what was not acknowledged at its place. */
  readonly arrivedAt: (index: number) => number;
}

const FOUND = 1;
const STORED = 2;
/** So many records that are not where their answers said are kept to be shown. */
const MOST_STRAYS = 1000;

/** Finds out which operations are in the log: it is shown the records of each partition once. */
export class StoredOperations {
  readonly #operations: Operations;
  /** Of each producer, by sequence. */
  readonly #states: GrowingColumn[] = [];
  #found = 0;
  /** Records of the run that nobody asked for, by their names. */
  readonly #unasked = new Set<string>();
  readonly #strays = new Map<string, LoggedRecord>();

  constructor(operations: Operations) {
    this.#operations = operations;
  }

  take(records: Records): StoredRecords {
    const operations = this.#operations;
    const isAcknowledged = new Uint8Array(records.length);
    const isCopy = new Uint8Array(records.length);
    for (let index = 0; index < records.length; index += 1) {
      const row = rowAt(operations, records, index);
      const isTold = operations.isToldAt(row, records.partition, records.offsetAt(index));
      if (this.#note(row, isTold)) isCopy[index] = 1;
      if (isTold) isAcknowledged[index] = 1;
      else this.#keepStray(row, records, index);
    }
    const arrivedAt = (index: number): number =>
      isAcknowledged[index] === 1 ? operations.invokedAtOf(rowAt(operations, records, index)) : NaN;
    return { isAcknowledged, isCopy, arrivedAt };
  }

  /** How many were found where their answers said. */
  get found(): number {
    return this.#found;
  }

  /** Whether it was found where its answer said. */
  isFound({ producer, sequence }: OperationRow): boolean {
    return ((this.#states[producer]?.get(sequence) ?? 0) & FOUND) !== 0;
  }

  /** A record of it that is not where its answer said, if one was kept. */
  findStray(row: OperationRow): LoggedRecord | undefined {
    return this.#strays.get(nameRow(row));
  }

  /** Whether it was found anywhere. */
  isStored({ producer, sequence }: OperationRow): boolean {
    return ((this.#states[producer]?.get(sequence) ?? 0) & STORED) !== 0;
  }

  /** @returns whether it had been found before */
  #note(row: OperationRow, isTold: boolean): boolean {
    if (!this.#operations.has(row)) {
      const isKnown = this.#unasked.has(nameRow(row));
      this.#unasked.add(nameRow(row));
      return isKnown;
    }
    const states = (this.#states[row.producer] ??= new GrowingColumn());
    const before = states.get(row.sequence);
    states.set(row.sequence, before | STORED | (isTold ? FOUND : 0));
    if (isTold && (before & FOUND) === 0) this.#found += 1;
    return before !== 0;
  }

  #keepStray(row: OperationRow, records: Records, index: number): void {
    if (this.#strays.size < MOST_STRAYS) this.#strays.set(nameRow(row), records.at(index));
  }
}

/** The operation that a record says it is of; there need be none. */
export function rowAt(operations: Operations, records: Records, index: number): OperationRow {
  return {
    producer: operations.producers.add(records.producerAt(index) ?? ''),
    sequence: records.sequenceAt(index),
  };
}

function nameRow({ producer, sequence }: OperationRow): string {
  return `${String(producer)}:${String(sequence)}`;
}
