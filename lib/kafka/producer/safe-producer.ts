import { CompressionTypes, Partitioners, type Kafka, type PartitionMetadata, type Producer } from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, messageOf } from '../../errors/app-error.ts';
import { createClusterConnection, type ClusterConnection } from '../cluster-connection.ts';
import { createKafka, type KafkaOptions } from '../create-kafka.ts';
import { trackProduce } from '../kafkajs-internals.ts';
import { findPartitions } from '../log-reader.ts';
import { notHandedOver, type QueuedRecord, type Settle } from './partition-queue.ts';
import { PartitionSender } from './partition-sender.ts';

/** One record to be stored. */
export interface ProducerRecord {
  /** Records of one key go to one partition, as Kafka's own clients choose it. @default a partition in turn */
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default chosen by the key */
  readonly partition?: number;
}

/** Where a record is stored, on all in-sync replicas. */
export interface Stored {
  readonly partition: number;
  readonly offset: number;
}

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
   * @throws AppError `queue-full`, `record-too-large`, `shutting-down`: it is not stored
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
const PARTITIONS_MAX_AGE_MS = 5000;
const PRODUCE_TIMEOUT_MS = 8000;

export function createSafeProducer(options: SafeProducerOptions): SafeProducer {
  const kafka = createKafka(options);
  const connection = createClusterConnection({ ...options, patienceMs: options.handoverTimeoutMs });
  const client = createIdempotentClient(kafka, options);
  const partitions = createPartitionChoice(options.topic, connection);
  const senders = new Map<number, PartitionSender>();
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  let pendingRecords = 0;
  let pendingBytes = 0;
  let isStopping = false;

  const sweeper = setInterval(() => {
    const now = Date.now();
    for (const sender of senders.values()) sender.sweep(now);
  }, SWEEP_MS);
  sweeper.unref();

  const senderOf = (partition: number): PartitionSender => {
    const existing = senders.get(partition);
    if (existing) return existing;
    const sender = new PartitionSender({
      partition,
      send: (to, records, attempt) => trackProduce(attempt, () => client.send(to, records)),
      currentIdentity: () => client.identity(),
      renewIdentity: (lost) => client.renew(lost),
      logger: options.logger,
    });
    senders.set(partition, sender);
    return sender;
  };

  /** The choice may have to ask the brokers, who may not answer; the record's patience bounds it. */
  const choosePartition = async (key: string | Buffer | null): Promise<number> => {
    const choice = partitions.choose(key);
    if (typeof choice === 'number') return choice;
    const patience = new AbortController();
    const tooLate = delay(options.handoverTimeoutMs, undefined, { signal: patience.signal }).then(() => {
      throw notHandedOver();
    });
    try {
      return await Promise.race([choice, tooLate]);
    } finally {
      patience.abort();
      tooLate.catch(() => undefined);
    }
  };

  const accept = (bytes: number): void => {
    if (isStopping)
      throw new AppError('shutting-down', 'the producer is stopping; the record is not stored', { retriable: true });
    if (pendingRecords >= options.maxRecords || pendingBytes + bytes > maxBytes) {
      throw new AppError('queue-full', 'too many records wait for the brokers; the record is not stored', {
        retriable: true,
      });
    }
    pendingRecords += 1;
    pendingBytes += bytes;
  };

  return {
    get pendingRecords() {
      return pendingRecords;
    },
    get lastAttemptAt() {
      return client.lastAttemptAt();
    },
    async send(record) {
      const bytes = sizeOf(record);
      const handoverBy = Date.now() + options.handoverTimeoutMs;
      accept(bytes);
      try {
        const partition = record.partition ?? (await choosePartition(record.key ?? null));
        return await new Promise<Stored>((resolve, reject) => {
          const settle = createSettle(partition, options.confirmTimeoutMs, resolve, reject);
          senderOf(partition).enqueue({
            key: record.key ?? null,
            value: record.value,
            headers: record.headers ?? {},
            bytes,
            handoverBy,
            settle,
          });
        });
      } finally {
        pendingRecords -= 1;
        pendingBytes -= bytes;
      }
    },
    async stop(timeoutMs) {
      isStopping = true;
      const drained = Promise.all([...senders.values()].map((sender) => sender.idle()));
      await Promise.race([drained, delay(timeoutMs)]);
      clearInterval(sweeper);
      await Promise.allSettled([client.disconnect(), connection.disconnect()]);
    },
  };
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

/** Chooses partitions as Kafka's Java client does for keys (murmur2), and in turn for records without one. */
function createPartitionChoice(topic: string, connection: ClusterConnection) {
  const partitioner = Partitioners.DefaultPartitioner();
  let known:
    { readonly ids: readonly number[]; readonly metadata: PartitionMetadata[]; readonly at: number } | undefined;
  let loading: Promise<void> | undefined;
  let turn = 0;

  const load = async (): Promise<void> => {
    const ids = await connection.run(`finding the partitions of ${topic}`, async (cluster) => {
      if (known !== undefined) await cluster.refreshMetadata();
      const found = await findPartitions(cluster, topic);
      if (found.length === 0)
        throw new AppError('kafka-unavailable', `topic ${topic} does not exist`, { retriable: true });
      return found.sort((a, b) => a - b);
    });
    // The partitioner looks at the ids only, and at their number.
    const metadata = ids.map((partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 0,
      replicas: [],
      isr: [],
    }));
    known = { ids, metadata, at: Date.now() };
  };
  const refresh = (): Promise<void> => (loading ??= load().finally(() => (loading = undefined)));

  const pick = (key: string | Buffer | null): number => {
    const { ids, metadata } = known ?? { ids: [0], metadata: [] };
    if (key !== null) return partitioner({ topic, partitionMetadata: metadata, message: { key, value: null } });
    turn = (turn + 1) % ids.length;
    return ids[turn] ?? 0;
  };

  return {
    /** At once when the partitions are known; the first time the brokers have to be asked. */
    choose(key: string | Buffer | null): number | Promise<number> {
      if (known === undefined) return refresh().then(() => pick(key));
      // Raised partitions are found in the background; until then the old ones are as good.
      if (Date.now() - known.at > PARTITIONS_MAX_AGE_MS) void refresh().catch(() => undefined);
      return pick(key);
    },
  };
}

/** A kafkajs producer with the identity that the brokers gave it. */
interface Session {
  readonly identity: number;
  readonly producer: Producer;
  connecting: Promise<void> | undefined;
}

/** Sends one batch of one partition at a time and leaves every retry to us. */
function createIdempotentClient(kafka: Kafka, { topic, logger }: SafeProducerOptions) {
  const open = (identity: number): Session => ({
    identity,
    connecting: undefined,
    producer: kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      // As old as the choice of partitions may be: a partition that is chosen must be known here, too.
      metadataMaxAge: PARTITIONS_MAX_AGE_MS,
      // One retry is the least that kafkajs takes for an idempotent producer.
      retry: { retries: 1, initialRetryTime: 50, maxRetryTime: 200 },
    }),
  });
  let session = open(0);
  let lastAttemptAt: number | undefined;
  const connect = (own: Session): Promise<void> =>
    (own.connecting ??= own.producer.connect().catch((error: unknown) => {
      own.connecting = undefined;
      throw error;
    }));
  return {
    lastAttemptAt: () => lastAttemptAt,
    identity: () => session.identity,
    async send(partition: number, records: readonly QueuedRecord[]): Promise<number> {
      // Taken before anything is awaited: the caller's identity is this session's.
      const own = session;
      lastAttemptAt = Date.now();
      await connect(own);
      const [result] = await own.producer.send({
        topic,
        acks: -1,
        timeout: PRODUCE_TIMEOUT_MS,
        compression: CompressionTypes.None,
        messages: records.map(({ key, value, headers }) => ({ partition, key, value, headers })),
      });
      if (result?.baseOffset === undefined) throw new Error('the brokers answered without an offset');
      return Number(result.baseOffset);
    },
    async renew(lost: number): Promise<void> {
      // Several partitions find out at the same time; one renewal serves them all.
      if (lost !== session.identity) return;
      const old = session;
      session = open(old.identity + 1);
      await old.producer
        .disconnect()
        .catch((error: unknown) => logger.debug(`leaving the old producer: ${messageOf(error)}`));
    },
    disconnect: () => session.producer.disconnect(),
  };
}
