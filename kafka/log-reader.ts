import { AppError } from '../lib/errors/app-error.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import { isDamagedLog, isOutOfRange, isUnknownTopic } from './kafka-error.ts';
import { fetchPartitions } from './kafkajs/fetch.ts';
import {
  forgetTopics,
  READ_COMMITTED,
  READ_UNCOMMITTED,
  readLogStart,
  type ClusterInternals,
  type IsolationLevel,
} from './kafkajs/internals.ts';
import type { DecodedPartition } from './records/decode-partition.ts';
import type { LogRecord, TransactionEnd } from './records/log-record.ts';

/** The offsets of a partition that can be read: from `start` up to, but not including, `end`. */
export interface OffsetRange {
  readonly partition: number;
  readonly start: number;
  /** Where the log ends for readers: at the first record of a transaction that is open, if there is one. */
  readonly end: number;
}

/** Reads topics by offset, in no group: what it reads, no consumer misses. */
export interface LogReader {
  /** The ranges of all partitions, in their order; empty when there is no such topic. */
  readRanges(topic: string): Promise<readonly OffsetRange[]>;
  /**
   * What stands between `from` and `to` (not included), in order; offsets that hold no record are left out: what
   * retention or compaction took away, what was aborted.
   *
   * @param fetchBytes asked for at once; a single batch may be larger. @default 4 MiB
   * @throws AppError `log-unreadable` at a batch that cannot be read, with `UnreadablePlace` as its details
   */
  readRecords(
    topic: string,
    partition: number,
    from: number,
    to: number,
    fetchBytes?: number,
  ): AsyncGenerator<LogRecord>;
}

/** Reads a log as it is written, also where nobody who reads what is committed gets to. */
export interface WrittenLogReader {
  /** Where the partitions of a topic end, by partition, with what is of transactions that are open. */
  readWrittenEnds(topic: string): Promise<ReadonlyMap<number, number>>;
  /** All that was written between two offsets, in order: records also of transactions that are open or aborted, and ends. */
  readWritten(topic: string, partition: number, from: number, to: number): AsyncGenerator<WrittenEntry>;
}

/** What was written at an offset of a log. */
export type WrittenEntry = LogRecord | TransactionEnd;

/** Where a log cannot be read, and why: in words that follow "cannot be read: ". */
export interface UnreadablePlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
}

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_WAIT_MS = 100;

/** All calls throw AppError `kafka-unavailable` when the brokers do not answer in time. */
export function createLogReader(connection: ClusterConnection): LogReader & WrittenLogReader {
  return {
    readRanges: (topic) => connection.run(`reading the offsets of ${topic}`, (cluster) => readRanges(cluster, topic)),
    async *readRecords(topic, partition, from, to, fetchBytes = MAX_BYTES) {
      const span = { topic, partition, from, to, fetchBytes };
      for await (const { records } of readFetched(connection, span, READ_COMMITTED)) {
        yield* records.filter(({ offset }) => offset < to);
      }
    },
    readWrittenEnds: (topic) =>
      connection.run(`reading where ${topic} ends`, (cluster) => readWrittenEnds(cluster, topic)),
    async *readWritten(topic, partition, from, to) {
      const span = { topic, partition, from, to, fetchBytes: MAX_BYTES };
      for await (const { records, ends = [] } of readFetched(connection, span, READ_UNCOMMITTED)) {
        const entries: WrittenEntry[] = [...records, ...ends];
        yield* entries.filter(({ offset }) => offset < to).sort((a, b) => a.offset - b.offset);
      }
    },
  };
}

/** Offsets of a partition; `to` is not included. */
interface Span {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  /** Asked for at once. */
  readonly fetchBytes: number;
}

async function* readFetched(
  connection: ClusterConnection,
  { to, from, ...place }: Span,
  isolationLevel: IsolationLevel,
): AsyncGenerator<DecodedPartition> {
  const { topic, partition } = place;
  let next = from;
  while (next < to) {
    const at = next;
    const fetched = await connection.run(`reading ${topic} ${String(partition)} at ${String(at)}`, async (cluster) => {
      const found = await fetch(cluster, { ...place, from: at }, isolationLevel);
      if (found.next > at || found.unreadable !== undefined) return found;
      // Just after a leader change the end is known and what lies before it may not be readable yet.
      throw new Error(`nothing to read although the log ends at ${String(to)}`);
    });
    yield fetched;
    next = fetched.next;
    if (next === at) throw createUnreadable({ topic, partition, offset: at, reason: fetched.unreadable ?? '' });
  }
}

function createUnreadable(place: UnreadablePlace): AppError {
  const { topic, partition, offset, reason } = place;
  const where = `${topic} ${String(partition)} at offset ${String(offset)}`;
  return new AppError('log-unreadable', `${where} cannot be read: ${reason}`, { details: { ...place } });
}

function findUnreadablePlace(error: unknown): UnreadablePlace | undefined {
  if (!(error instanceof AppError) || error.code !== 'log-unreadable') return undefined;
  return error.details as unknown as UnreadablePlace;
}

/** What can be read of records, up to where the log cannot be read, which `onUnreadable` is told. */
export async function* readUntilUnreadable(
  records: AsyncIterable<LogRecord>,
  onUnreadable: (place: UnreadablePlace) => void,
): AsyncGenerator<LogRecord> {
  try {
    yield* records;
  } catch (error) {
    const place = findUnreadablePlace(error);
    if (place === undefined) throw error;
    onUnreadable(place);
  }
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

async function readWrittenEnds(cluster: ClusterInternals, topic: string): Promise<ReadonlyMap<number, number>> {
  if ((await findPartitions(cluster, topic)).length === 0) return new Map();
  const byLeader = Map.groupBy(cluster.findTopicPartitionMetadata(topic), ({ leader }) => leader);
  const answers = [...byLeader].map(async ([leader, led]) => {
    const broker = await cluster.findBroker({ nodeId: leader });
    const partitions = led.map(({ partitionId }) => ({ partition: partitionId }));
    const { responses } = await broker.listOffsets({
      isolationLevel: READ_UNCOMMITTED,
      topics: [{ topic, partitions }],
    });
    return responses.flatMap((response) => response.partitions);
  });
  const ends = (await Promise.all(answers)).flat();
  return new Map(ends.map(({ partition, offset }) => [partition, Number(offset)] as const));
}

/** The partitions of a topic as the brokers know it; none when there is no such topic. */
export async function findPartitions(cluster: ClusterInternals, topic: string): Promise<number[]> {
  try {
    await loadTopic(cluster, topic);
  } catch (error) {
    if (!isUnknownTopic(error)) throw error;
    // It may be another topic that is gone.
    forgetTopics(cluster);
    try {
      await loadTopic(cluster, topic);
    } catch (again) {
      if (isUnknownTopic(again)) return [];
      throw again;
    }
  }
  const found = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
  if (found.length === 0) throw new Error(`the partitions of ${topic} are not known yet`);
  return found;
}

async function loadTopic(cluster: ClusterInternals, topic: string): Promise<void> {
  await cluster.addMultipleTargetTopics([topic]);
  await cluster.refreshMetadataIfNecessary();
}

async function fetch(
  cluster: ClusterInternals,
  { topic, partition, from, fetchBytes }: Omit<Span, 'to'>,
  isolationLevel: IsolationLevel,
): Promise<DecodedPartition> {
  await findPartitions(cluster, topic);
  const leader = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition)?.leader;
  const broker = await cluster.findBroker({ nodeId: leader ?? -1 });
  const position = { topic, partition, offset: from, maxBytes: fetchBytes };
  const limits = { maxWaitMs: MAX_WAIT_MS, maxBytes: fetchBytes, isolationLevel };
  const [fetched] = await fetchPartitions(broker, [position], limits);
  if (fetched === undefined) return { records: [], next: from };
  const { error, neededBytes, ...decoded } = fetched;
  if (isOutOfRange(error)) {
    // Retention took away what was about to be read: go on where the log begins now.
    const start = await readLogStart(cluster, topic, partition);
    if (start > from) return { records: [], next: start };
  }
  if (error && isDamagedLog(error)) return { ...decoded, unreadable: `the broker says that ${error.message}` };
  if (error) throw error;
  // Asked for alone, a batch comes whole, however long it is.
  if (neededBytes !== undefined) return { ...decoded, unreadable: 'the broker has only a part of it' };
  return decoded;
}
