import type { ClusterConnection } from './cluster-connection.ts';
import type { ClusterInternals, FetchedMessage } from './kafkajs/internals.ts';

/** One record as it stands in the log. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Milliseconds since the epoch, as the producer set it. */
  readonly timestampMs: number;
  readonly headers: Readonly<Record<string, Buffer | string | undefined>>;
}

/** The offsets of a partition that can be read: from `start` up to, but not including, `end`. */
export interface OffsetRange {
  readonly partition: number;
  readonly start: number;
  readonly end: number;
}

/** Reads topics by offset, in no group: what it reads, no consumer misses. */
export interface LogReader {
  /** The ranges of all partitions, in their order; empty when there is no such topic. */
  readRanges(topic: string): Promise<readonly OffsetRange[]>;
  /** What stands between `from` and `to` (not included), in order; offsets that retention took away are left out. */
  readRecords(topic: string, partition: number, from: number, to: number): AsyncGenerator<LogRecord>;
}

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_WAIT_MS = 100;

/** All calls throw AppError `kafka-unavailable` when the brokers do not answer in time. */
export function createLogReader(connection: ClusterConnection): LogReader {
  return {
    readRanges: (topic) => connection.run(`reading the offsets of ${topic}`, (cluster) => readRanges(cluster, topic)),
    async *readRecords(topic, partition, from, to) {
      let next = from;
      while (next < to) {
        const at = next;
        const records = await connection.run(
          `reading ${topic} ${String(partition)} at ${String(at)}`,
          async (cluster) => {
            const fetched = await fetch(cluster, topic, partition, at);
            // Just after a leader change the end is known and what lies before it may not be readable yet.
            if (fetched.next === at) throw new Error(`nothing to read although the log ends at ${String(to)}`);
            return fetched;
          },
        );
        yield* records.records.filter(({ offset }) => offset < to);
        next = records.next;
      }
    },
  };
}

async function readRanges(cluster: ClusterInternals, topic: string): Promise<OffsetRange[]> {
  const partitions = (await findPartitions(cluster, topic)).map((partition) => ({ partition }));
  if (partitions.length === 0) return [];
  const [starts, ends] = await Promise.all(
    [true, false].map((fromBeginning) => cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }])),
  );
  const index = (offsets: typeof starts): Map<number, number> =>
    new Map(offsets?.[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  const startOf = index(starts);
  const endOf = index(ends);
  return partitions
    .map(({ partition }) => ({ partition, start: startOf.get(partition) ?? 0, end: endOf.get(partition) ?? 0 }))
    .sort((a, b) => a.partition - b.partition);
}

/** The partitions of a topic as the brokers know it; none when there is no such topic. */
export async function findPartitions(cluster: ClusterInternals, topic: string): Promise<number[]> {
  try {
    await cluster.addMultipleTargetTopics([topic]);
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === 'UNKNOWN_TOPIC_OR_PARTITION') return [];
    throw error;
  }
  await cluster.refreshMetadataIfNecessary();
  return cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
}

async function fetch(
  cluster: ClusterInternals,
  topic: string,
  partition: number,
  from: number,
): Promise<{ records: LogRecord[]; next: number }> {
  await findPartitions(cluster, topic);
  const leader = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition)?.leader;
  const broker = await cluster.findBroker({ nodeId: leader ?? -1 });
  let responses;
  try {
    ({ responses } = await broker.fetch({
      maxWaitTime: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      isolationLevel: 1,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes: MAX_BYTES }] }],
    }));
  } catch (error) {
    // Retention took away what was about to be read: go on where the log begins now.
    const start = isOutOfRange(error) ? await readStart(cluster, topic, partition) : from;
    if (start > from) return { records: [], next: start };
    throw error;
  }
  // A fetch may begin before the offset asked for, at the start of the stored batch that holds it.
  const messages = (responses[0]?.partitions[0]?.messages ?? []).filter(({ offset }) => Number(offset) >= from);
  const last = messages.at(-1);
  return {
    records: messages
      .filter(({ isControlRecord }) => !isControlRecord)
      .map((message) => toRecord(topic, partition, message)),
    next: last === undefined ? from : Number(last.offset) + 1,
  };
}

function isOutOfRange(error: unknown): boolean {
  return error instanceof Error && error.name === 'KafkaJSOffsetOutOfRange';
}

async function readStart(cluster: ClusterInternals, topic: string, partition: number): Promise<number> {
  const [offsets] = await cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], fromBeginning: true }]);
  return Number(offsets?.partitions[0]?.offset ?? 0);
}

function toRecord(topic: string, partition: number, message: FetchedMessage): LogRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key,
    value: message.value,
    timestampMs: Number(message.timestamp),
    headers: message.headers ?? {},
  };
}
