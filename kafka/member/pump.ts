import type { Logger } from '../../lib/log/create-logger.ts';
import type { LogRecord } from '../records/log-record.ts';
import type { Accounting } from './accounting.ts';
import type { Tenure } from './membership.ts';
import { processPersistently, type ProcessRecord } from './process-persistently.ts';
import { createTimeSlice } from './time-slice.ts';

/** What one fetch gave of one partition. */
export interface FetchedBatch {
  /** The offset that was asked for. */
  readonly offset: number;
  readonly records: readonly LogRecord[];
  /** The offset to go on from, once every record is processed. */
  readonly next: number;
  /** Whether there may have been records before `next` that nobody has seen. @default false */
  readonly isLeap?: boolean;
}

interface PumpOptions {
  readonly process: ProcessRecord;
  readonly accounting: Accounting;
  /** The generation in which processing begins now. */
  readonly readGeneration: () => number;
  /** Partitions processed at the same time. */
  readonly concurrency: number;
  /** Records of a partition that may be processed without a commit. */
  readonly commitEveryRecords: number;
  /** Called when a partition's queue has run empty. */
  readonly onEmpty: (tenure: Tenure) => void;
  readonly logger: Logger;
}

interface QueuedBatch extends FetchedBatch {
  readonly bytes: number;
}

interface Queue {
  readonly batches: QueuedBatch[];
  records: number;
  bytes: number;
  /** Records of the first batch that are processed. */
  position: number;
  /** Since when a record is in hand, in milliseconds since the epoch. */
  inHandSince: number | undefined;
  isReady: boolean;
  turn: Promise<void> | undefined;
}

/** How long records are processed without a look at anything else: each partition under way takes its turn. */
const SLICE_MS = 2;
/** A queue with as many records, or bytes, has room for no more: what is fetched is held in memory. */
const FULL_RECORDS = 500;
const FULL_BYTES = 512 * 1024;
/** All queues together: the service is small. */
const MOST_BYTES = 16 * 1024 * 1024;
/** What a record takes beside its key and value, about. */
const RECORD_BYTES = 200;

/** Processes what was fetched: in order within a partition, several partitions at a time. */
export class Pump {
  readonly #options: PumpOptions;
  readonly #queues = new Map<Tenure, Queue>();
  readonly #ready: Tenure[] = [];
  readonly #slice = createTimeSlice(SLICE_MS);
  #turns = 0;

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  /** How long the longest record in hand has been so, in milliseconds; 0 with none. */
  longestInHandMs(now: number): number {
    const since = [...this.#queues.values()].flatMap(({ inHandSince }) => inHandSince ?? []);
    return since.length === 0 ? 0 : now - Math.min(...since);
  }

  /** Whether nothing more may be fetched at all. What is held, and so not worked off, keeps no other partition waiting. */
  get isFull(): boolean {
    const going = [...this.#queues].filter(([tenure]) => !this.#options.accounting.isHeld(tenure));
    return going.reduce((sum, [, { bytes }]) => sum + bytes, 0) >= MOST_BYTES;
  }

  /** Whether more may be fetched of a partition. */
  hasRoom(tenure: Tenure): boolean {
    const { records, bytes } = this.#queues.get(tenure) ?? { records: 0, bytes: 0 };
    return records < FULL_RECORDS && bytes < FULL_BYTES;
  }

  push(tenure: Tenure, batch: FetchedBatch): void {
    const queue = this.#queueOf(tenure);
    const bytes = batch.records.reduce((sum, record) => sum + sizeOf(record), 0);
    queue.batches.push({ ...batch, bytes });
    queue.records += batch.records.length;
    queue.bytes += bytes;
    this.resume(tenure);
  }

  #queueOf(tenure: Tenure): Queue {
    const found = this.#queues.get(tenure);
    if (found !== undefined) return found;
    const queue = {
      batches: [],
      records: 0,
      bytes: 0,
      position: 0,
      inHandSince: undefined,
      isReady: false,
      turn: undefined,
    };
    this.#queues.set(tenure, queue);
    return queue;
  }

  /** Goes on with a partition that had to wait. */
  resume(tenure: Tenure): void {
    const queue = this.#queues.get(tenure);
    if (queue === undefined || queue.isReady || queue.batches.length === 0) return;
    queue.isReady = true;
    this.#ready.push(tenure);
    this.#takeTurns();
  }

  /** Resolves when nothing of a partition that ends is in hand any more. */
  async settleDown(tenure: Tenure): Promise<void> {
    await this.#queues.get(tenure)?.turn;
  }

  forget(tenure: Tenure): void {
    this.#queues.delete(tenure);
  }

  #takeTurns(): void {
    while (this.#turns < this.#options.concurrency) {
      const tenure = this.#ready.shift();
      if (tenure === undefined) return;
      const queue = this.#queues.get(tenure);
      if (queue === undefined) continue;
      this.#turns += 1;
      const turn = this.#takeTurn(tenure, queue).finally(() => {
        this.#turns -= 1;
        // Its next turn may have begun.
        if (queue.turn === turn) queue.turn = undefined;
        this.#takeTurns();
      });
      queue.turn = turn;
    }
  }

  /** One batch, or as much of it as may be processed now. */
  async #takeTurn(tenure: Tenure, queue: Queue): Promise<void> {
    const [batch] = queue.batches;
    const isDone = batch !== undefined && (await this.#processBatch(tenure, queue, batch));
    queue.isReady = false;
    // It may have been resumed between the look at it and here.
    if (!isDone && mayGoOn(tenure, this.#options.accounting)) this.resume(tenure);
    if (!isDone || !tenure.isOwned) return;
    queue.batches.shift();
    queue.records -= batch.records.length;
    queue.bytes -= batch.bytes;
    queue.position = 0;
    if (queue.batches.length > 0) this.resume(tenure);
    else this.#options.onEmpty(tenure);
  }

  async #processBatch(tenure: Tenure, queue: Queue, { offset, records, next, isLeap }: FetchedBatch): Promise<boolean> {
    const { accounting, commitEveryRecords } = this.#options;
    const limit = Math.max(1, commitEveryRecords);
    // What a fetch leaves out between its records is no record: the end of a transaction, or what was taken away.
    let follows = queue.position === 0 ? offset : (records[queue.position - 1]?.offset ?? offset) + 1;
    for (let record = records[queue.position]; record !== undefined; record = records[queue.position]) {
      while (accounting.countOpen(tenure) >= limit && mayGoOn(tenure, accounting)) await accounting.settle(tenure);
      if (this.#slice.isOver()) await this.#slice.next();
      if (!mayGoOn(tenure, accounting)) return false;
      const isProcessed = this.#process(tenure, queue, record, follows);
      // Awaiting what is known already would cost more than most records.
      if (!(typeof isProcessed === 'boolean' ? isProcessed : await isProcessed)) return false;
      follows = record.offset + 1;
      queue.position += 1;
      // Half full: accounting goes on beside processing, so that it need not be waited for.
      if (accounting.countOpen(tenure) >= limit / 2) void accounting.settle(tenure);
    }
    if (isLeap === true) accounting.leap(tenure, next);
    else accounting.pass(tenure, next);
    return true;
  }

  #process(tenure: Tenure, queue: Queue, record: LogRecord, follows: number): boolean | Promise<boolean> {
    const { process, accounting, readGeneration, logger } = this.#options;
    const startedAtMs = Date.now();
    const generation = readGeneration();
    const note = (finishedAtMs: number): void =>
      accounting.add(tenure, {
        offset: record.offset,
        value: record.value,
        ...{ follows, generation, startedAtMs, finishedAtMs },
      });
    const pending = processPersistently(process, record, tenure.ending, logger);
    if (pending === undefined) {
      note(startedAtMs);
      return true;
    }
    queue.inHandSince = startedAtMs;
    return pending
      .then(
        () => {
          note(Date.now());
          return true;
        },
        (error: unknown) => {
          if (tenure.ending.aborted) return false;
          throw error;
        },
      )
      .finally(() => (queue.inHandSince = undefined));
  }
}

function mayGoOn(tenure: Tenure, accounting: Accounting): boolean {
  return !tenure.ending.aborted && !accounting.isHeld(tenure);
}

function sizeOf({ key, value }: LogRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0) + RECORD_BYTES;
}
