import { setTimeout as delay } from 'node:timers/promises';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { BackOff } from '../../lib/retry/back-off.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { isIdentityLost, isRefusedBatch, toRefusal } from '../kafka-error.ts';
import type { ProduceAttempt } from '../kafkajs/internals.ts';
import { createPartitionQueue, notHandedOver, type PartitionQueue, type QueuedRecord } from './partition-queue.ts';

/**
 * Sends one batch to one partition, once, and notes in the attempt when it is handed over. Resolves with the
 * offset of its first record.
 */
export type SendBatch = (
  partition: number,
  records: readonly QueuedRecord[],
  attempt: ProduceAttempt,
) => Promise<number>;

interface PartitionSenderOptions {
  readonly partition: number;
  readonly send: SendBatch;
  /** Number of the producer identity in use: the brokers recognize a repetition only under the identity of the first try. */
  readonly currentIdentity: () => number;
  /** Called when the brokers no longer know an identity: the next attempt needs another one. */
  readonly renewIdentity: (lost: number) => Promise<void>;
  readonly logger: Logger;
}

const BATCH_LIMITS = { maxRecords: 1000, maxBytes: 512 * 1024 };
/** Refusals that the search for the records to blame in a batch may cost; then what is refused together fails together. */
const MOST_REFUSALS = 40;
const BACK_OFF = { firstMs: 50, longestMs: 1000 };

/** The batch whose outcome is not known yet. */
interface Flight {
  batch: QueuedRecord[];
  attempt: ProduceAttempt;
  /** Whether a broker was given the batch and did not refuse it: then only an answer can tell. */
  mayBeStored: boolean;
  /** Whether a broker was given the batch at all, refused or not. */
  wasHandedOver: boolean;
  /** The producer identity under which the batch may be stored; until then, that of the next attempt. */
  identity: number;
  /** What a broker refused as a whole: one record may be to blame, so the others get a batch without it. */
  refused: QueuedRecord[];
  /** Whether those who wait were told that the batch was handed over. */
  isAnnounced: boolean;
}

/**
 * The safe way to produce with kafkajs, for one partition: one batch in flight, which is sent again, the very
 * same, until the brokers' answer is known; the next fills while it waits. So nothing is lost, repeated or
 * reordered when brokers die, and what no broker was given is known not to be stored.
 */
export class PartitionSender {
  readonly queue: PartitionQueue = createPartitionQueue();
  readonly #options: PartitionSenderOptions;
  #sending: Promise<void> | undefined;
  #inFlight: Flight | undefined;

  constructor(options: PartitionSenderOptions) {
    this.#options = options;
  }

  enqueue(record: QueuedRecord): void {
    this.queue.push(record);
    // On the next turn of the event loop, so that records of one turn share a batch.
    this.#sending ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#drain());
  }

  /** Resolves when nothing is queued or in flight. */
  async idle(): Promise<void> {
    while (this.#sending) await this.#sending;
  }

  /** To be called often: gives up what is too late, and tells those who wait when their batch was handed over. */
  sweep(now: number): void {
    this.queue.expire(now);
    const flight = this.#inFlight;
    if (!flight) return;
    if (flight.mayBeStored || flight.attempt.isHandedOver) {
      if (!flight.isAnnounced) flight.batch.forEach(({ settle }) => settle.handedOver());
      flight.isAnnounced = true;
    } else if (flight.batch.some(({ handoverBy }) => handoverBy <= now)) {
      // The attempt must not hand over what is answered as not stored.
      flight.attempt.isCancelled = true;
      flight.batch = giveUpLate(flight.batch, now);
    }
  }

  async #drain(): Promise<void> {
    try {
      for (;;) {
        const batch = this.queue.takeBatch(BATCH_LIMITS);
        if (batch.length === 0) return;
        await this.#deliver(batch);
      }
    } finally {
      this.#sending = undefined;
    }
  }

  /** Until the batch is stored, refused for good, or given up before any broker saw it. */
  async #deliver(records: QueuedRecord[], search = { refusals: 0 }): Promise<void> {
    const { currentIdentity, renewIdentity, send, partition } = this.#options;
    const flight: Flight = {
      batch: records,
      attempt: newAttempt(),
      mayBeStored: false,
      wasHandedOver: false,
      identity: currentIdentity(),
      refused: [],
      isAnnounced: false,
    };
    this.#inFlight = flight;
    let isStored = false;
    const backOff = new BackOff(BACK_OFF);
    while (flight.batch.length > 0 && !this.#isRepetitionUnsafe(flight)) {
      if (!flight.mayBeStored) flight.identity = currentIdentity();
      flight.attempt = newAttempt();
      const { batch, attempt } = flight;
      try {
        const offset = await send(partition, batch, attempt);
        batch.forEach((record, index) => record.settle.stored(offset + index));
        isStored = true;
        break;
      } catch (error) {
        flight.wasHandedOver ||= attempt.isHandedOver;
        if (attempt.isCancelled) continue;
        flight.mayBeStored ||= attempt.isHandedOver && !isRefusedBatch(error);
        await this.#judge(flight, error, search);
        if (flight.batch.length === 0) break;
        await delay(backOff.next());
      }
    }
    // kafkajs takes a failed batch's sequence back. The next batch must not go out under the sequence of one that
    // a broker has seen: it would be taken for its repetition, acknowledged, and not be stored.
    if (!isStored && flight.wasHandedOver) await renewIdentity(flight.identity);
    this.#inFlight = undefined;
    for (const half of halve(flight.refused)) await this.#deliver(half, search);
  }

  /** Takes out of the flight what the error ends. */
  async #judge(flight: Flight, error: unknown, search: { refusals: number }): Promise<void> {
    const { partition, logger, renewIdentity } = this.#options;
    logger.warn(
      `partition ${String(partition)}: a batch of ${String(flight.batch.length)} was not confirmed: ${messageOf(error)}`,
    );
    if (isIdentityLost(error)) await renewIdentity(flight.identity);
    const refusal = toRefusal(error);
    const isWorthSearching = flight.batch.length > 1 && !flight.mayBeStored && search.refusals < MOST_REFUSALS;
    if (refusal !== undefined && isWorthSearching) {
      search.refusals += 1;
      flight.refused = flight.batch;
      flight.batch = [];
    } else if (refusal !== undefined) {
      failAll(flight, refusal);
    } else if (!flight.mayBeStored) {
      flight.batch = giveUpLate(flight.batch, Date.now(), error);
    }
  }

  /** Under a new identity the brokers would store a repetition as a second record. */
  #isRepetitionUnsafe(flight: Flight): boolean {
    if (!flight.mayBeStored || flight.identity === this.#options.currentIdentity()) return false;
    failAll(
      flight,
      new AppError('outcome-unknown', 'the record may be stored: the brokers lost track of this producer'),
    );
    return true;
  }
}

function newAttempt(): ProduceAttempt {
  return { isHandedOver: false, isCancelled: false };
}

function giveUpLate(batch: readonly QueuedRecord[], now: number, cause?: unknown): QueuedRecord[] {
  for (const record of batch) if (record.handoverBy <= now) record.settle.failed(notHandedOver(cause));
  return batch.filter(({ handoverBy }) => handoverBy > now);
}

/** Both in the order of the whole; none of nothing. */
function halve(batch: QueuedRecord[]): QueuedRecord[][] {
  const middle = Math.ceil(batch.length / 2);
  return batch.length === 0 ? [] : [batch.slice(0, middle), batch.slice(middle)];
}

function failAll(flight: Flight, error: AppError): void {
  for (const { settle } of flight.batch) settle.failed(error);
  flight.batch = [];
}
