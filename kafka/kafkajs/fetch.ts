/**
 * Fetching below kafkajs' consumer, which decodes an answer as a whole: one batch that it cannot read, or one partition
 * that a broker refuses, takes every other partition of the answer along. Written for the insides of kafkajs 2.2.4, which
 * repairs.ts checks.
 */
import errors from 'kafkajs/src/protocol/error.js';
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { ByteReader } from '../consumer-offsets/byte-reader.ts';
import {
  createDecodeBudget,
  decodePartition,
  type AbortedTransaction,
  type DecodeBudget,
  type DecodedPartition,
} from '../records/decode-partition.ts';
import { FETCH_API_KEY, READ_COMMITTED, type BrokerInternals, type IsolationLevel } from './internals.ts';

/** What is asked for of one partition. */
export interface PartitionPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** A batch that is longer is cut, unless it is the first of the answer. */
  readonly maxBytes: number;
}

interface FetchLimits {
  /** How long the broker waits for something to answer with, in milliseconds. */
  readonly maxWaitMs: number;
  /** Bytes of an answer; its first batch may be longer. */
  readonly maxBytes: number;
  /** Bytes that may come out of compressed batches; the first batch may be longer. @default 16 MiB */
  readonly maxDecodedBytes?: number;
  /** @default READ_COMMITTED: nothing of a transaction that is open or aborted */
  readonly isolationLevel?: IsolationLevel;
}

/** What the broker answered for one partition. */
export interface FetchedPartition extends PartitionPosition, DecodedPartition {
  readonly highWatermark: number;
  /** Why the broker gives nothing of the partition. @default it gives something */
  readonly error?: Error;
}

/** Brokers before 0.11 know older versions only, whose answers are of other forms. */
const OLDEST_VERSION = 4;

const fetchProtocol = {
  ...protocol.requests.Fetch,
  versions: protocol.requests.Fetch.versions.filter((version) => Number(version) >= OLDEST_VERSION),
};

/**
 * Fetches from the leader of the partitions, once.
 *
 * @throws kafkajs' errors when there is no answer, or it is about the request as a whole
 */
export async function fetchPartitions(
  broker: BrokerInternals,
  positions: readonly PartitionPosition[],
  { maxWaitMs, maxBytes, maxDecodedBytes, isolationLevel = READ_COMMITTED }: FetchLimits,
): Promise<FetchedPartition[]> {
  const buildRequest = broker.lookupRequest(FETCH_API_KEY, fetchProtocol);
  const { request, requestTimeout } = buildRequest({
    maxWaitTime: maxWaitMs,
    minBytes: 1,
    maxBytes,
    isolationLevel,
    topics: buildTopics(positions),
  });
  const { apiVersion } = request as { readonly apiVersion: number };
  return broker.connectionPool.send({
    request,
    requestTimeout,
    response: {
      // kafkajs looks into what is decoded for how long the broker wants to be left alone.
      decode: (data) => ({ clientSideThrottleTime: (data as Buffer).readInt32BE(0), data }),
      parse: (decoded) =>
        readAnswer((decoded as { data: Buffer }).data, apiVersion, positions, createDecodeBudget(maxDecodedBytes)),
    },
  });
}

/** The partition that was first comes last, in turn: the first of an answer gets all that it needs (KIP-74). */
function buildTopics(positions: readonly PartitionPosition[]): unknown[] {
  const first = Math.floor(Math.random() * positions.length);
  const inTurn = [...positions.slice(first), ...positions.slice(0, first)];
  return [...Map.groupBy(inTurn, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition, offset, maxBytes }) => ({
      partition,
      fetchOffset: String(offset),
      maxBytes,
    })),
  }));
}

/** The answer of versions 4 to 11: https://kafka.apache.org/protocol#The_Messages_Fetch */
function readAnswer(
  data: Buffer,
  version: number,
  positions: readonly PartitionPosition[],
  budget: DecodeBudget,
): FetchedPartition[] {
  const reader = new ByteReader(data);
  reader.readInt32();
  if (version >= 7) {
    const errorCode = reader.readInt16();
    if (errorCode !== 0) throw errors.createErrorFromCode(errorCode);
    reader.readInt32();
  }
  const answered = reader.readArray(() => {
    const topic = reader.readString();
    return reader.readArray(() => {
      const found = readPartition(reader, version);
      const position = positions.find((asked) => asked.topic === topic && asked.partition === found.partition);
      // A copy, where others are in the same answer: records that wait must not keep all of it in memory.
      const bytes = positions.length > 1 ? Buffer.from(found.bytes) : found.bytes;
      return position && { ...found, ...position, bytes };
    });
  });
  return answered
    .flat()
    .filter((found) => found !== undefined)
    .map(({ errorCode, bytes, aborted, ...found }) => ({
      ...found,
      ...decodePartition({ ...found, bytes, aborted }, budget),
      ...(errorCode === 0 ? {} : { error: errors.createErrorFromCode(errorCode) }),
    }));
}

interface PartitionAnswer {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly aborted: readonly AbortedTransaction[];
  readonly bytes: Buffer;
}

function readPartition(reader: ByteReader, version: number): PartitionAnswer {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const highWatermark = reader.readInt64();
  // The last stable offset: the broker gives nothing beyond it.
  reader.readInt64();
  if (version >= 5) reader.readInt64();
  const aborted = reader.readNullableArray(() => ({ producerId: reader.readInt64(), firstOffset: reader.readInt64() }));
  // A replica that is nearer: the broker names one to those who say where they are.
  if (version >= 11) reader.readInt32();
  return { partition, errorCode, highWatermark, aborted: aborted ?? [], bytes: reader.viewNullableBytes() ?? EMPTY };
}

const EMPTY = Buffer.alloc(0);
