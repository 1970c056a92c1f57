import { GrowingColumn } from './growing-column.ts';
import type { Operation, Outcome } from './history.ts';
import { Names } from './names.ts';

const KINDS = ['none', 'pending', 'ok', 'fail', 'unknown'] as const;
type Kind = (typeof KINDS)[number];
const OK = KINDS.indexOf('ok');

/** An operation without its texts, for whoever looks at all of them. */
export interface OperationRow {
  /** Number of its producer, by `Operations.producers`. */
  readonly producer: number;
  readonly sequence: number;
}

/**
 * What the driver asked for and was told, in columns: a run has millions of them. Found by producer and sequence, of which
 * a producer's begin with 0 and leave none out.
 */
export class Operations {
  readonly producers = new Names();
  /** Names of the keys of records, those of the log as well. */
  readonly keys: Names;
  readonly #columns = new Map<number, Columns>();
  readonly #counts: Record<Kind, number> = { none: 0, pending: 0, ok: 0, fail: 0, unknown: 0 };
  /** Times are kept as differences from it, in half the room: 24 days of milliseconds before and after. */
  #base = NaN;
  #firstInvokedAt = Infinity;
  #lastInvokedAt = -Infinity;

  constructor(keys: Names = new Names()) {
    this.keys = keys;
  }

  static from(operations: readonly Operation[], keys?: Names): Operations {
    const table = new Operations(keys);
    for (const operation of operations) {
      table.invoke(operation);
      table.answer(operation.producer, operation.sequence, operation.outcome);
    }
    return table;
  }

  /** How many were invoked. */
  get length(): number {
    return this.#counts.pending + this.#counts.ok + this.#counts.fail + this.#counts.unknown;
  }

  /** When the first was invoked, in milliseconds since the epoch; Infinity when none was. */
  get firstInvokedAt(): number {
    return this.#firstInvokedAt;
  }

  /** When the last was invoked, in milliseconds since the epoch; -Infinity when none was. */
  get lastInvokedAt(): number {
    return this.#lastInvokedAt;
  }

  count(kind: Outcome['kind']): number {
    return this.#counts[kind];
  }

  invoke({ producer, sequence, key, invokedAt }: Omit<Operation, 'outcome'>): void {
    const place = this.producers.add(producer);
    let columns = this.#columns.get(place);
    if (!columns) this.#columns.set(place, (columns = createColumns()));
    if (columns.kinds.get(sequence) !== 0) return;
    columns.kinds.set(sequence, KINDS.indexOf('pending'));
    columns.keys.set(sequence, this.keys.add(key));
    if (Number.isNaN(this.#base)) this.#base = invokedAt;
    columns.invokedAfterMs.set(sequence, invokedAt - this.#base);
    columns.length = Math.max(columns.length, sequence + 1);
    this.#counts.pending += 1;
    this.#firstInvokedAt = Math.min(this.#firstInvokedAt, invokedAt);
    this.#lastInvokedAt = Math.max(this.#lastInvokedAt, invokedAt);
  }

  /** What nobody invoked has no answer. */
  answer(producer: string, sequence: number, outcome: Outcome): void {
    const columns = this.#columns.get(this.producers.find(producer));
    const before = KINDS[columns?.kinds.get(sequence) ?? 0] ?? 'none';
    if (columns === undefined || before === 'none') return;
    this.#counts[before] -= 1;
    this.#counts[outcome.kind] += 1;
    columns.kinds.set(sequence, KINDS.indexOf(outcome.kind));
    if (outcome.kind === 'ok') {
      columns.partitions.set(sequence, outcome.partition);
      columns.offsets.set(sequence, outcome.offset);
    } else if (outcome.kind !== 'pending') {
      columns.codes.set(sequence, outcome.code);
    }
  }

  has({ producer, sequence }: OperationRow): boolean {
    return this.#kindOf(producer, sequence) !== 'none';
  }

  kindOf({ producer, sequence }: OperationRow): Outcome['kind'] | undefined {
    const kind = this.#kindOf(producer, sequence);
    return kind === 'none' ? undefined : kind;
  }

  isKey({ producer, sequence }: OperationRow, key: number): boolean {
    return this.#columns.get(producer)?.keys.get(sequence) === key;
  }

  /** Whether its record was acknowledged at this very place. */
  isToldAt({ producer, sequence }: OperationRow, partition: number, offset: number): boolean {
    const columns = this.#columns.get(producer);
    return (
      columns?.kinds.get(sequence) === OK &&
      columns.partitions.get(sequence) === partition &&
      columns.offsets.get(sequence) === offset
    );
  }

  /** In milliseconds since the epoch. */
  invokedAtOf({ producer, sequence }: OperationRow): number {
    return this.#base + (this.#columns.get(producer)?.invokedAfterMs.get(sequence) ?? NaN);
  }

  /** Of each producer, in the order of its sequences. */
  *rows(): Generator<OperationRow> {
    yield* this.lastRows((length) => length);
  }

  /** When those that were acknowledged had been invoked, in milliseconds since the epoch. */
  forEachAcknowledged(take: (invokedAt: number) => void): void {
    for (const { length, kinds, invokedAfterMs } of this.#columns.values()) {
      for (let sequence = 0; sequence < length; sequence += 1) {
        if (kinds.get(sequence) === OK) take(this.#base + invokedAfterMs.get(sequence));
      }
    }
  }

  /** The last of each producer's, so many of its own. */
  *lastRows(countOf: (length: number) => number): Generator<OperationRow> {
    for (const [producer, { length }] of this.#columns) {
      for (let sequence = Math.max(0, length - countOf(length)); sequence < length; sequence += 1) {
        if (this.#kindOf(producer, sequence) !== 'none') yield { producer, sequence };
      }
    }
  }

  /** With its texts. @throws RangeError when there is none */
  at({ producer, sequence }: OperationRow): Operation {
    const columns = this.#columns.get(producer);
    const kind = this.#kindOf(producer, sequence);
    if (columns === undefined || kind === 'none') throw new RangeError(`there is no operation ${String(sequence)}`);
    return {
      producer: this.producers.at(producer),
      sequence,
      key: this.keys.at(columns.keys.get(sequence)),
      invokedAt: this.#base + columns.invokedAfterMs.get(sequence),
      outcome: readOutcome(columns, sequence, kind),
    };
  }

  #kindOf(producer: number, sequence: number): Kind {
    return KINDS[this.#columns.get(producer)?.kinds.get(sequence) ?? 0] ?? 'none';
  }
}

/** By sequence. */
interface Columns {
  length: number;
  readonly kinds: GrowingColumn;
  readonly keys: GrowingColumn;
  readonly invokedAfterMs: GrowingColumn;
  /** Of those that were acknowledged. */
  readonly partitions: GrowingColumn;
  readonly offsets: GrowingColumn;
  /** Of those that were refused, or may have been. */
  readonly codes: Map<number, string>;
}

function createColumns(): Columns {
  return {
    length: 0,
    kinds: new GrowingColumn(),
    keys: new GrowingColumn(),
    invokedAfterMs: new GrowingColumn(),
    partitions: new GrowingColumn(),
    offsets: new GrowingColumn(),
    codes: new Map(),
  };
}

function readOutcome(columns: Columns, sequence: number, kind: Outcome['kind']): Outcome {
  switch (kind) {
    case 'ok':
      return { kind, partition: columns.partitions.get(sequence), offset: columns.offsets.get(sequence) };
    case 'fail':
    case 'unknown':
      return { kind, code: columns.codes.get(sequence) ?? '' };
    case 'pending':
      return { kind };
  }
}
