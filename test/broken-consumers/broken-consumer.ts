/**
 * A consumer of the user's own, for the tests of the verifier: right with `--fault none`, and wrong in exactly one
 * way with each of the others. By kafkajs as it comes; it shares nothing with the lab's own consumer.
 *
 *     node test/broken-consumers/broken-consumer.ts --fault skips-a-record
 */
import { setTimeout as delay } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { Kafka, logLevel, type Consumer, type EachBatchPayload, type KafkaMessage } from 'kafkajs';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { fetchPartitions } from '../../kafka/kafkajs/fetch.ts';
import type { ClusterInternals } from '../../kafka/kafkajs/internals.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';
import { readFault, readVariable, serveReadiness } from './replica-process.ts';

const FAULTS = [
  'none',
  /** Commits what it was given, then works on it, then writes the receipt. */
  'commits-before-processing',
  /** Leaves one record in fifty out, and its receipts do, too. */
  'skips-a-record',
  /** Leaves one record in fifty out, and its receipts reach over it: they are of fewer records than the log holds there. */
  'skips-within-a-receipt',
  /** Works on the first records of a new assignment from the last to the first. */
  'reorders-across-rebalance',
  /** Begins each partition that it is given at the log's beginning, and not where the group was. */
  'begins-again',
  /** Every replica is a group of its own and gets every record. */
  'no-group',
  /** Goes on with partitions that a rebalance took away, beside their new owner. */
  'goes-on-after-fenced',
  /** Writes its receipts in transactions, aborts one in five, and commits all the same. */
  'aborts-receipts',
  /** Does nothing more after a hundred records, and stays a member. */
  'goes-silent',
  /** Begins at the end of the log where the group has committed nothing. */
  'begins-at-the-end',
  /** Ends at once on SIGTERM, and the group waits for its session to end. */
  'ends-without-leaving',
  /** Ends when a rebalance begins, as if that were an error. */
  'exits-at-rebalance',
] as const;

const SKIPPED_EVERY = 50;
const ABORTED_EVERY = 5;
const SILENT_AFTER = 100;
/** Between the commit and the work, so that a look twice a second sees it and a kill falls into it. */
const EARLY_MS = 250;
/** As long as this is processed between two heartbeats at most. */
const CHUNK_RECORDS = 100;
const JOIN_BEFORE_STOP_MS = 8000;

const fault = readFault(FAULTS);
const brokers = readVariable('KAFKA_BROKERS').split(',');
const topic = readVariable('TOPIC');
const receiptsTopic = readVariable('RECEIPTS_TOPIC');
const member = readVariable('CLIENT_ID');
const groupId = readVariable('GROUP_ID');

/** One time in a group, from one assignment to the next. */
interface Membership {
  readonly generation: number;
  readonly partitions: readonly number[];
  /** Partitions of which a first batch has been processed. */
  readonly begun: Set<number>;
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly records: number;
  readonly digest: number;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

let membership: Membership | undefined;
let processedRecords = 0;
let skipsDue = 0;
/** The offset after the last one that has a receipt of this process, by partition. */
const nextOffsets = new Map<number, number>();

/** Connections re-arm a timer for ever, also with nothing pending (tulios/kafkajs#1704). */
function stopIdleTimers(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this`
  const { scheduleCheckPendingRequests } = RequestQueue.prototype;
  RequestQueue.prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
}

/** kafkajs tells the generation only later, with the first heartbeat or commit. */
function followMemberships(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this`
  const { joinAndSync } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.joinAndSync = async function () {
    await joinAndSync.call(this);
    const before = membership;
    const partitions = this.assigned().flatMap(({ partitions: assigned }) => assigned);
    membership = { generation: this.generationId ?? -1, partitions, begun: new Set() };
    console.log(`generation ${String(membership.generation)}: ${partitions.join(', ') || 'no partition'}`);
    if (fault === 'begins-again') {
      for (const partition of partitions) consumer.seek({ topic, partition, offset: '0' });
    }
    if (fault !== 'goes-on-after-fenced' || before === undefined) return;
    for (const partition of before.partitions) {
      if (!partitions.includes(partition)) void goOn(this.cluster, partition, before.generation);
    }
  };
}

stopIdleTimers();
followMemberships();
const kafka = new Kafka({
  brokers,
  clientId: member,
  logLevel: logLevel.WARN,
  retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 20 },
});
const isTransactional = fault === 'aborts-receipts';
const ledger = kafka.producer({
  idempotent: true,
  ...(isTransactional && { transactionalId: `${groupId}-${member}`, maxInFlightRequests: 1 }),
});
let transactions = 0;
const consumer = kafka.consumer({
  groupId: fault === 'no-group' ? `${groupId}-${member}` : groupId,
  sessionTimeout: 10_000,
  heartbeatInterval: 1000,
  rebalanceTimeout: 15_000,
  maxWaitTimeInMs: 250,
  allowAutoTopicCreation: false,
  retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 8 },
});
serveReadiness(() => membership !== undefined);
process.once('SIGTERM', () => (fault === 'ends-without-leaving' ? process.exit(0) : void leave(consumer)));
consumer.on(consumer.events.REBALANCING, () => {
  if (fault === 'exits-at-rebalance') process.exit(3);
});
consumer.on(consumer.events.CRASH, ({ payload }) => {
  console.error(`crashed: ${payload.error.message}`);
  // Whoever started it starts it again.
  if (!payload.restart) process.exit(1);
});
await ledger.connect();
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: fault !== 'no-group' && fault !== 'begins-at-the-end' });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  // A heartbeat that tells of a rebalance throws, here or in the fetch loop; all that was processed is settled by then.
  eachBatch: async (payload) => {
    const { messages } = payload.batch;
    for (let index = 0; index < messages.length && payload.isRunning(); index += CHUNK_RECORDS) {
      if (fault === 'goes-silent' && processedRecords >= SILENT_AFTER) return beSilent(payload);
      await processChunk(payload, messages.slice(index, index + CHUNK_RECORDS));
      await payload.heartbeat();
    }
  },
});

async function processChunk(payload: EachBatchPayload, chunk: readonly KafkaMessage[]): Promise<void> {
  const { partition } = payload.batch;
  const generation = membership?.generation;
  const next = Number(chunk.at(-1)?.offset) + 1;
  // Nothing more is processed before what is processed is committed.
  await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
  if (fault === 'commits-before-processing') {
    await payload.commitOffsetsIfNecessary({
      topics: [{ topic, partitions: [{ partition, offset: String(next) }] }],
    });
    await delay(EARLY_MS);
  }
  // A member that joined again without losing a partition is given again what it could not commit.
  const fresh = chunk.filter(({ offset }) => Number(offset) >= (nextOffsets.get(partition) ?? 0));
  const runs = processRecords(isReversed(partition) ? fresh.toReversed() : fresh);
  await writeReceipts(partition, runs, generation);
  // What has its receipt is not fetched again, though its commit fail.
  payload.resolveOffset(String(next - 1));
  nextOffsets.set(partition, Math.max(next, nextOffsets.get(partition) ?? 0));
  await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
}

type Message = Pick<KafkaMessage, 'value'> & { readonly offset: string | number };

/** The work on records, and the runs of offsets that it went through, in its order. */
function processRecords(messages: readonly Message[]): readonly Run[] {
  const runs: Run[] = [];
  let reached = -1;
  for (const [index, { offset, value }] of messages.entries()) {
    const startedAt = new Date();
    const number = Number(offset);
    const follows = reached === number - 1;
    const isLeftOut = mustLeaveOut(index > 0 && index < messages.length - 1);
    if (!isLeftOut || fault === 'skips-within-a-receipt') reached = number;
    if (isLeftOut) continue;
    const before = follows ? runs.pop() : undefined;
    runs.push({
      from: before?.from ?? number,
      to: number,
      records: (before?.records ?? 0) + 1,
      digest: extendDigest(before?.digest ?? 0, number, value),
      startedAt: before?.startedAt ?? startedAt,
      finishedAt: new Date(),
    });
  }
  return runs;
}

/** One in fifty, within a receipt only where that is right at its own ends. */
function mustLeaveOut(isWithin: boolean): boolean {
  processedRecords += 1;
  if (processedRecords % SKIPPED_EVERY === 0) skipsDue += 1;
  if (fault === 'skips-a-record') return processedRecords % SKIPPED_EVERY === 0;
  if (fault !== 'skips-within-a-receipt' || skipsDue === 0 || !isWithin) return false;
  skipsDue -= 1;
  return true;
}

/** As the contract has it. */
function extendDigest(digest: number, offset: number, value: Buffer | null): number {
  const of = Buffer.alloc(12);
  of.writeBigUInt64BE(BigInt(offset));
  of.writeUInt32BE(crc32(value ?? ''), 8);
  return crc32(of, digest);
}

function isReversed(partition: number): boolean {
  if (membership === undefined || membership.begun.has(partition)) return false;
  membership.begun.add(partition);
  return fault === 'reorders-across-rebalance';
}

/** Resolves when all in-sync replicas have them; in one request, so that they stand in this order. */
async function writeReceipts(partition: number, runs: readonly Run[], generation: number | undefined): Promise<void> {
  if (runs.length === 0) return;
  const messages = runs.map((run) => {
    const digest = run.digest.toString(16).padStart(8, '0');
    // A generation of a group that is nobody else's says nothing.
    const receipt = { topic, partition, member, ...(fault === 'no-group' ? {} : { generation }), ...run, digest };
    return { partition, value: JSON.stringify(receipt) };
  });
  if (!isTransactional) {
    await ledger.send({ topic: receiptsTopic, acks: -1, messages });
    return;
  }
  const transaction = await ledger.transaction();
  await transaction.send({ topic: receiptsTopic, acks: -1, messages });
  transactions += 1;
  await (transactions % ABORTED_EVERY === 0 ? transaction.abort() : transaction.commit());
}

/** Reads a partition that is another's now, outside the group, until it is this member's again. */
async function goOn(cluster: ClusterInternals, partition: number, generation: number): Promise<void> {
  console.log(`goes on with ${String(partition)} of generation ${String(generation)}`);
  while (membership && !membership.partitions.includes(partition)) {
    await delay(100);
    const next = nextOffsets.get(partition);
    if (next === undefined) return;
    const messages = await readOutside(cluster, partition, next).catch(() => []);
    const last = messages.at(-1);
    if (last === undefined) continue;
    await writeReceipts(partition, processRecords(messages), generation);
    nextOffsets.set(partition, last.offset + 1);
  }
}

async function readOutside(cluster: ClusterInternals, partition: number, from: number): Promise<readonly LogRecord[]> {
  const metadata = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition);
  const broker = await cluster.findBroker({ nodeId: metadata?.leader ?? -1 });
  const position = { topic, partition, offset: from, maxBytes: 1_048_576 };
  const [fetched] = await fetchPartitions(broker, [position], { maxWaitMs: 0, maxBytes: 1_048_576 });
  return fetched?.records ?? [];
}

async function beSilent(payload: EachBatchPayload): Promise<void> {
  while (payload.isRunning()) {
    await payload.heartbeat();
    await delay(200);
  }
}

/** A kafkajs client that is stopped while it joins leaves a member behind that nobody is. */
async function leave(leaving: Consumer): Promise<void> {
  const deadline = Date.now() + JOIN_BEFORE_STOP_MS;
  while (membership === undefined && Date.now() < deadline) await delay(50);
  await leaving.disconnect();
  await ledger.disconnect();
  process.exit(0);
}
