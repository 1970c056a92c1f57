import { AppError } from '../../lib/errors/app-error.ts';

/** A record on its way: what is sent, who waits for it, and until when it may still be given up. */
export interface QueuedRecord {
  readonly key: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers: Readonly<Record<string, string | Buffer>>;
  readonly bytes: number;
  /** Time after which the record is given up unless it was handed to a broker, in milliseconds since the epoch. */
  readonly handoverBy: number;
  readonly settle: Settle;
}

/** Tells the waiting caller, once; later calls do nothing. */
export interface Settle {
  stored(offset: number): void;
  failed(error: AppError): void;
  /** The record was handed to a broker: from now on only its answer tells. */
  handedOver(): void;
}

/** Records of one partition that wait for its one request in flight. */
export interface PartitionQueue {
  readonly length: number;
  push(record: QueuedRecord): void;
  /** Takes the next records that fit into one request; those that are too late are given up on the way. */
  takeBatch(limits: { maxRecords: number; maxBytes: number }): QueuedRecord[];
  /** Gives up every record that is too late now. */
  expire(now: number): void;
  /** Gives up everything. */
  clear(error: AppError): void;
}

/** An empty queue: what came first goes first, or is given up first. `now` gives milliseconds since the epoch. */
export function createPartitionQueue(now: () => number = Date.now): PartitionQueue {
  let records: QueuedRecord[] = [];
  return {
    get length() {
      return records.length;
    },
    push: (record) => void records.push(record),
    takeBatch({ maxRecords, maxBytes }) {
      this.expire(now());
      let bytes = 0;
      let count = 0;
      for (const record of records) {
        // The first always goes, however large: the brokers decide on it.
        if (count >= maxRecords || (count > 0 && bytes + record.bytes > maxBytes)) break;
        bytes += record.bytes;
        count += 1;
      }
      return records.splice(0, count);
    },
    expire(time) {
      // Records expire in the order in which they came, but for callers with their own patience.
      if (!records.some(({ handoverBy }) => handoverBy <= time)) return;
      for (const record of records) if (record.handoverBy <= time) record.settle.failed(notHandedOver());
      records = records.filter(({ handoverBy }) => handoverBy > time);
    },
    clear(error) {
      for (const record of records) record.settle.failed(error);
      records = [];
    },
  };
}

/** The one sentence for records that no broker has seen: they are not stored, and never will be. */
export function notHandedOver(cause?: unknown): AppError {
  return new AppError('kafka-unavailable', 'no broker took the record in time; it is not stored', {
    retriable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
