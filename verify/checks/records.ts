import type { LoadIdentity } from '../../lib/contracts/load-record.ts';
import { countLeading } from './count-leading.ts';
import type { LoggedRecord } from './history.ts';
import type { Names } from './names.ts';

const NOBODY = -1;

/** Who sent records: a run, and a producer in it. */
interface Sender {
  readonly runId: string;
  readonly producer: string;
}

/** One column each; those of a row are the record's. They may be longer than there are records. */
export interface RecordColumns {
  readonly offsets: Float64Array;
  /** Numbers of their names; -1 for none. */
  readonly keys: Int32Array;
  /** NaN where it is not known. */
  readonly storedAt: Float64Array;
  readonly valueCrcs: Uint32Array;
  readonly hasValueCrc: Uint8Array;
  /** Places in the list of senders; -1 for no load record. */
  readonly senders: Int32Array;
  readonly sequences: Float64Array;
}

/** Records of one partition in columns, ascending by offset: some forty bytes each, and no object. */
export class Records implements Iterable<LoggedRecord> {
  readonly partition: number;
  readonly keys: Names;
  readonly length: number;
  readonly #columns: RecordColumns;
  readonly #senders: readonly Sender[];
  /** Rows of those that were selected; all when there is none. */
  readonly #rows: Uint32Array | undefined;

  constructor(from: {
    readonly partition: number;
    readonly keys: Names;
    readonly columns: RecordColumns;
    readonly senders: readonly Sender[];
    readonly length: number;
    readonly rows?: Uint32Array | undefined;
  }) {
    this.partition = from.partition;
    this.keys = from.keys;
    this.#columns = from.columns;
    this.#senders = from.senders;
    this.#rows = from.rows;
    this.length = from.length;
  }

  offsetAt(index: number): number {
    return this.#columns.offsets[this.#row(index)] ?? NaN;
  }

  /** Number of its key's name; -1 for none. */
  keyAt(index: number): number {
    return this.#columns.keys[this.#row(index)] ?? NOBODY;
  }

  /** By its producer's clock, in milliseconds since the epoch; NaN where it is not known. */
  storedAt(index: number): number {
    return this.#columns.storedAt[this.#row(index)] ?? NaN;
  }

  /** Undefined where it is not known. */
  valueCrcAt(index: number): number | undefined {
    const row = this.#row(index);
    return this.#columns.hasValueCrc[row] === 1 ? this.#columns.valueCrcs[row] : undefined;
  }

  /** Which of the run's producers sent it; undefined when none did. */
  producerAt(index: number): string | undefined {
    return this.#senders[this.#columns.senders[this.#row(index)] ?? NOBODY]?.producer;
  }

  sequenceAt(index: number): number {
    return this.#columns.sequences[this.#row(index)] ?? NaN;
  }

  /** As an object, for evidence. @throws RangeError when there is none */
  at(index: number): LoggedRecord {
    if (!(index >= 0 && index < this.length)) throw new RangeError(`there is no record ${String(index)}`);
    const storedAt = this.storedAt(index);
    const valueCrc = this.valueCrcAt(index);
    const sender = this.#senders[this.#columns.senders[this.#row(index)] ?? NOBODY];
    const key = this.keyAt(index);
    return {
      partition: this.partition,
      offset: this.offsetAt(index),
      key: key === NOBODY ? null : this.keys.at(key),
      ...(!Number.isNaN(storedAt) && { storedAt }),
      ...(valueCrc !== undefined && { valueCrc }),
      ...(sender && { identity: { ...sender, sequence: this.sequenceAt(index) } }),
    };
  }

  *[Symbol.iterator](): Generator<LoggedRecord> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index);
  }

  /** Those that a run's producers sent, in the same columns. */
  ofRun(runId: string): Records {
    const ofRun = this.#senders.map((sender) => sender.runId === runId);
    let count = 0;
    for (let index = 0; index < this.length; index += 1) if (this.#isOf(ofRun, index)) count += 1;
    // Nearly always all of them are.
    const rows = count === this.length ? this.#rows : this.#select(ofRun, count);
    const [partition, keys, columns, senders] = [this.partition, this.keys, this.#columns, this.#senders];
    return new Records({ partition, keys, columns, senders, length: count, rows });
  }

  #select(senders: readonly boolean[], count: number): Uint32Array {
    const rows = new Uint32Array(count);
    let place = 0;
    for (let index = 0; index < this.length; index += 1) {
      if (this.#isOf(senders, index)) rows[place++] = this.#row(index);
    }
    return rows;
  }

  #isOf(senders: readonly boolean[], index: number): boolean {
    return senders[this.#columns.senders[this.#row(index)] ?? NOBODY] === true;
  }

  #row(index: number): number {
    // The columns may go on.
    if (index >= this.length) return NOBODY;
    return this.#rows === undefined ? index : (this.#rows[index] ?? NOBODY);
  }
}

/** Takes records in the order in which they were read, and hands them over ascending, each once. */
export class RecordsBuilder {
  readonly #partition: number;
  readonly #keys: Names;
  readonly #senders: Sender[] = [];
  readonly #places = new Map<string, Map<string, number>>();
  #columns: RecordColumns;
  #length = 0;
  #isAscending = true;

  /** @param columns what is written over; the records that were built of them before are gone */
  constructor(partition: number, keys: Names, columns: RecordColumns) {
    this.#partition = partition;
    this.#keys = keys;
    this.#columns = columns;
  }

  add(offset: number, key: string | null, storedAt?: number, valueCrc?: number, identity?: LoadIdentity): void {
    const row = this.#length;
    if (row === this.#columns.offsets.length) this.#columns = lengthen(this.#columns, row * 2 + 16);
    const columns = this.#columns;
    if (row > 0 && !(offset > (columns.offsets[row - 1] ?? NaN))) this.#isAscending = false;
    columns.offsets[row] = offset;
    columns.keys[row] = key === null ? NOBODY : this.#keys.add(key);
    columns.storedAt[row] = storedAt ?? NaN;
    columns.valueCrcs[row] = valueCrc ?? 0;
    columns.hasValueCrc[row] = valueCrc === undefined ? 0 : 1;
    columns.senders[row] = identity === undefined ? NOBODY : this.#findSender(identity.runId, identity.producer);
    columns.sequences[row] = identity?.sequence ?? NaN;
    this.#length = row + 1;
  }

  build(): Records {
    const [partition, keys, senders] = [this.#partition, this.#keys, this.#senders];
    if (this.#isAscending) {
      return new Records({ partition, keys, senders, columns: this.#columns, length: this.#length });
    }
    const rows = Uint32Array.from(Array(this.#length).keys());
    const { offsets } = this.#columns;
    // By offset, and where that is the same as it was read.
    rows.sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0) || a - b);
    const once = rows.filter((row, index) => index === 0 || !this.#isSame(row, rows[index - 1] ?? NOBODY));
    return new Records({ partition, keys, senders, columns: this.#columns, length: once.length, rows: once });
  }

  /** A record that was read twice in the same place. */
  #isSame(row: number, before: number): boolean {
    const { offsets, senders, sequences } = this.#columns;
    return (
      offsets[row] === offsets[before] &&
      senders[row] === senders[before] &&
      Object.is(sequences[row], sequences[before])
    );
  }

  #findSender(runId: string, producer: string): number {
    let ofRun = this.#places.get(runId);
    if (!ofRun) this.#places.set(runId, (ofRun = new Map<string, number>()));
    const known = ofRun.get(producer);
    if (known !== undefined) return known;
    ofRun.set(producer, this.#senders.length);
    return this.#senders.push({ runId, producer }) - 1;
  }
}

/** Room for so many records. */
export function createColumns(length: number): RecordColumns {
  return {
    offsets: new Float64Array(length),
    keys: new Int32Array(length),
    storedAt: new Float64Array(length),
    valueCrcs: new Uint32Array(length),
    hasValueCrc: new Uint8Array(length),
    senders: new Int32Array(length),
    sequences: new Float64Array(length),
  };
}

function lengthen(columns: RecordColumns, length: number): RecordColumns {
  const made = createColumns(length);
  for (const name of Object.keys(columns) as (keyof RecordColumns)[]) made[name].set(columns[name]);
  return made;
}

/** Index of the first record at or after an offset; the number of records when there is none. */
export function findIndexFrom(records: Records, offset: number): number {
  return countLeading(records.length, (index) => records.offsetAt(index) < offset);
}

/** The records of a list as columns. */
export function toRecords(partition: number, keys: Names, records: readonly LoggedRecord[]): Records {
  const builder = new RecordsBuilder(partition, keys, createColumns(records.length));
  for (const { offset, key, storedAt, valueCrc, identity } of records) {
    builder.add(offset, key, storedAt, valueCrc, identity);
  }
  return builder.build();
}
