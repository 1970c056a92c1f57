import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../lib/errors/app-error.ts';
import { createClusterConnection } from '../cluster-connection.ts';
import type { KafkaOptions } from '../create-kafka.ts';
import { createIdempotentClient } from './idempotent-client.ts';
import { createPartitionChoice } from './partition-choice.ts';
import { notHandedOver, type Settle } from './partition-queue.ts';
import { PartitionSender } from './partition-sender.ts';

/** One record to be stored. */
export interface ProducerRecord {
  /** Records of one key go to one partition, as Kafka's own clients choose it. @default a partition in turn */
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  /** @default none */
  readonly headers?: Readonly<Record<string, string | Buffer>>;
  /** @default chosen by the key */
  readonly partition?: number;
}

/** Where a record is stored, on all in-sync replicas. */
export interface Stored {
  readonly partition: number;
  readonly offset: number;
}

/** Into which topic, and how much may wait for how long. */
export interface SafeProducerOptions extends KafkaOptions {
  readonly topic: string;
  /** How long a record may wait for a broker, in milliseconds. */
  readonly handoverTimeoutMs: number;
  /** How long a record that was handed over may stay unconfirmed, in milliseconds. */
  readonly confirmTimeoutMs: number;
  /** Records that may be under way at once. */
  readonly maxRecords: number;
  /** Bytes of records that may be under way at once. @default 64 MiB */
  readonly maxBytes?: number;
}

/**
 * Stores records so that acknowledged means stored: the partition is chosen here, each partition has one
 * batch in flight, and a batch is repeated unchanged until its outcome is known.
 */
export interface SafeProducer {
  /**
   * Resolves once the record is stored on all in-sync replicas.
   *
   * @throws AppError `kafka-unavailable`: no broker was given the record, it is not and will not be stored
   * @throws AppError `outcome-unknown`: a broker was given the record and did not confirm it; it may be stored, once
   * @throws AppError `queue-full`, `record-too-large`, `record-refused`, `shutting-down`: it is not stored
   */
  send(record: ProducerRecord): Promise<Stored>;
  /** Records under way. */
  readonly pendingRecords: number;
  /** When a request to the brokers was last tried, in milliseconds since the epoch; undefined before the first. */
  readonly lastAttemptAt: number | undefined;
  /** Takes no more records, waits for those under way, and disconnects. */
  stop(timeoutMs: number): Promise<void>;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const RECORD_OVERHEAD_BYTES = 100;
const SWEEP_MS = 50;

/** Nothing is asked of the brokers before the first record. */
export function createSafeProducer(options: SafeProducerOptions): SafeProducer {
  return new TopicProducer(options);
}

class TopicProducer implements SafeProducer {
  readonly #options: SafeProducerOptions;
  readonly #connection;
  readonly #client;
  readonly #partitions;
  readonly #senders = new Map<number, PartitionSender>();
  #pendingRecords = 0;
  #pendingBytes = 0;
  #isStopping = false;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: SafeProducerOptions) {
    this.#options = options;
    this.#connection = createClusterConnection({ ...options, patienceMs: options.handoverTimeoutMs });
    this.#client = createIdempotentClient(options.topic, this.#connection);
    this.#partitions = createPartitionChoice(options.topic, this.#connection);
  }

  get pendingRecords(): number {
    return this.#pendingRecords;
  }

  get lastAttemptAt(): number | undefined {
    return this.#client.lastAttemptAt();
  }

  async send(record: ProducerRecord): Promise<Stored> {
    const bytes = sizeOf(record);
    const handoverBy = Date.now() + this.#options.handoverTimeoutMs;
    this.#accept(bytes);
    try {
      const partition = record.partition ?? (await this.#choosePartition(record.key ?? null));
      return await new Promise<Stored>((resolve, reject) => {
        const settle = createSettle(partition, this.#options.confirmTimeoutMs, resolve, reject);
        this.#senderOf(partition).enqueue({
          key: record.key ?? null,
          value: record.value,
          headers: record.headers ?? {},
          bytes,
          handoverBy,
          settle,
        });
      });
    } finally {
      this.#pendingRecords -= 1;
      this.#pendingBytes -= bytes;
    }
  }

  async stop(timeoutMs: number): Promise<void> {
    this.#isStopping = true;
    const drained = Promise.all([...this.#senders.values()].map((sender) => sender.idle()));
    await Promise.race([drained, delay(timeoutMs)]);
    clearInterval(this.#sweeper);
    await this.#connection.disconnect().catch(() => undefined);
  }

  #accept(bytes: number): void {
    const { maxRecords, maxBytes = DEFAULT_MAX_BYTES } = this.#options;
    if (this.#isStopping)
      throw new AppError('shutting-down', 'the producer is stopping; the record is not stored', { retriable: true });
    if (this.#pendingRecords >= maxRecords || this.#pendingBytes + bytes > maxBytes) {
      throw new AppError('queue-full', 'too many records wait for the brokers; the record is not stored', {
        retriable: true,
      });
    }
    this.#pendingRecords += 1;
    this.#pendingBytes += bytes;
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  #sweep(): void {
    const now = Date.now();
    for (const sender of this.#senders.values()) sender.sweep(now);
    if (this.#pendingRecords > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  /** The choice may have to ask the brokers, who may not answer; the record's patience bounds it. */
  async #choosePartition(key: string | Buffer | null): Promise<number> {
    const choice = this.#partitions.choose(key);
    if (typeof choice === 'number') return choice;
    const patience = new AbortController();
    const tooLate = delay(this.#options.handoverTimeoutMs, undefined, { signal: patience.signal }).then(() => {
      throw notHandedOver();
    });
    try {
      return await Promise.race([choice, tooLate]);
    } finally {
      patience.abort();
      tooLate.catch(() => undefined);
    }
  }

  #senderOf(partition: number): PartitionSender {
    const existing = this.#senders.get(partition);
    if (existing) return existing;
    const sender = new PartitionSender({
      partition,
      send: this.#client.send,
      currentIdentity: () => this.#client.identity(),
      renewIdentity: (lost) => this.#client.renew(lost),
      logger: this.#options.logger,
    });
    this.#senders.set(partition, sender);
    return sender;
  }
}

/** Answers the caller once: by the broker's word, or when that stays out for too long. */
function createSettle(
  partition: number,
  confirmTimeoutMs: number,
  resolve: (stored: Stored) => void,
  reject: (error: AppError) => void,
): Settle {
  let timer: NodeJS.Timeout | undefined;
  return {
    stored(offset) {
      clearTimeout(timer);
      resolve({ partition, offset });
    },
    failed(error) {
      clearTimeout(timer);
      reject(error);
    },
    handedOver() {
      timer ??= setTimeout(
        () =>
          reject(
            new AppError('outcome-unknown', 'a broker was given the record and did not confirm it; it may be stored'),
          ),
        confirmTimeoutMs,
      );
    },
  };
}

function sizeOf({ key, value, headers }: ProducerRecord): number {
  const sizes = [key, value, ...Object.entries(headers ?? {}).flat()].map((part) =>
    part == null ? 0 : Buffer.byteLength(part),
  );
  return sizes.reduce((sum, size) => sum + size, RECORD_OVERHEAD_BYTES);
}
