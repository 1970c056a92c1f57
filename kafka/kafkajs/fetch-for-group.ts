/**
 * What a member of a group fetches, instead of kafkajs' own: each partition by itself, so that one that cannot be read
 * waits alone, and with the offset to go on from, so that what holds no record is stepped over.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isNotReadableNow, isOutOfRange } from '../kafka-error.ts';
import type { LogRecord } from '../records/log-record.ts';
import { fetchPartitions, type FetchedPartition, type PartitionPosition } from './fetch.ts';
import { readLogStart, type ConsumerGroupInternals, type FetchHooks } from './internals.ts';

/** A batch as kafkajs hands it on: what one fetch gave of one partition. */
export interface FetchedBatch {
  readonly topic: string;
  readonly partition: number;
  /** The offset that was asked for. */
  readonly fetchedOffset: string;
  readonly messages: readonly LogRecord[];
  /** The offset to fetch next, once every message is processed. */
  readonly next: number;
}

/** A batch of more bytes is not asked for: the service is small. */
const LARGEST_FETCHED_BATCH_BYTES = 32 * 1024 * 1024;
/** So many answers in a row with a part of a batch only, though there was room for it, and the rest is missing. */
const MOST_CUTS = 50;

/** Batches that are longer than a partition's share of an answer, by partition. */
type Cuts = Map<string, { readonly offset: number; readonly neededBytes: number; readonly times: number }>;

const cutsOf = new WeakMap<ConsumerGroupInternals, Cuts>();

/** @throws kafkajs' errors */
export async function fetchForGroup(
  group: ConsumerGroupInternals,
  nodeId: string,
  hooks: FetchHooks,
): Promise<FetchedBatch[]> {
  try {
    const cuts: Cuts = cutsOf.get(group) ?? (new Map() as Cuts);
    cutsOf.set(group, cuts);
    const positions = await findPositions(group, nodeId, hooks, cuts);
    if (positions.length === 0) {
      await delay(group.maxWaitTime);
      return [];
    }
    const broker = await group.cluster.findBroker({ nodeId });
    const limits = { maxWaitMs: group.maxWaitTime, maxBytes: group.maxBytes };
    const fetched = await fetchPartitions(broker, positions, limits);
    await recover(group, fetched, hooks);
    return fetched
      .filter(({ error }) => error === undefined)
      .flatMap((found) => {
        noteCut(found, cuts, hooks);
        return takeBatch(found, hooks);
      });
  } catch (error) {
    await group.recoverFromFetch(error as Error);
    return [];
  }
}

async function findPositions(
  group: ConsumerGroupInternals,
  nodeId: string,
  hooks: FetchHooks,
  cuts: Cuts,
): Promise<PartitionPosition[]> {
  await group.cluster.refreshMetadataIfNecessary();
  group.checkForStaleAssignment();
  const led = group.filterPartitionsByNode(nodeId, group.assigned());
  await group.seekOffsets(led);
  const { offsetManager, maxBytesPerPartition } = group;
  if (offsetManager === null) return [];
  const committed = offsetManager.committedOffsets();
  return led.flatMap(({ topic, partitions }) =>
    partitions
      .filter(
        (partition) =>
          committed[topic]?.[partition] != null && !group.isPaused(topic, partition) && !hooks.isWaiting(partition),
      )
      .map((partition) => ({
        topic,
        partition,
        offset: Number(offsetManager.nextOffset(topic, partition).toString()),
        maxBytes: Math.max(maxBytesPerPartition, cuts.get(keyOf(topic, partition))?.neededBytes ?? 0),
      })),
  );
}

/** Sees to what the broker refused: the others of the answer do not wait for more than that. */
async function recover(
  group: ConsumerGroupInternals,
  fetched: readonly FetchedPartition[],
  hooks: FetchHooks,
): Promise<void> {
  for (const { topic, partition, offset, error } of fetched) {
    if (error === undefined) continue;
    if (isOutOfRange(error)) hooks.outOfRange(partition, offset, await readLogStart(group.cluster, topic, partition));
    else if (!isNotReadableNow(error)) hooks.unreadable(partition, offset, `the broker says: ${error.message}`);
  }
  const moved = fetched.find(({ error }) => isNotReadableNow(error));
  if (moved?.error) await group.recoverFromFetch(moved.error);
}

/** Asks for all of a batch that is longer than a partition's share. */
function noteCut({ topic, partition, offset, neededBytes }: FetchedPartition, cuts: Cuts, hooks: FetchHooks): void {
  const key = keyOf(topic, partition);
  const before = cuts.get(key);
  cuts.delete(key);
  if (neededBytes === undefined) return;
  const times = before?.offset === offset && before.neededBytes === neededBytes ? before.times + 1 : 1;
  if (neededBytes > LARGEST_FETCHED_BATCH_BYTES) {
    hooks.unreadable(partition, offset, `its batch has ${String(neededBytes)} bytes`);
  } else if (times > MOST_CUTS) {
    hooks.unreadable(partition, offset, 'the broker has only a part of it');
  } else {
    cuts.set(key, { offset, neededBytes, times });
  }
}

function takeBatch(found: FetchedPartition, hooks: FetchHooks): FetchedBatch[] {
  const { topic, partition, offset, records, next, unreadable, highWatermark } = found;
  if (next === offset) {
    if (unreadable !== undefined) hooks.unreadable(partition, offset, unreadable);
    return [];
  }
  hooks.readable(partition, next);
  return [
    {
      topic,
      partition,
      fetchedOffset: String(offset),
      messages: records,
      next,
      ...describeForKafkajs({ offset, next, highWatermark }),
    },
  ];
}

/** What kafkajs' runner asks of a batch, for its events and before it hands the batch on. */
function describeForKafkajs({ offset, next, highWatermark }: { offset: number; next: number; highWatermark: number }) {
  return {
    highWatermark: String(highWatermark),
    isEmpty: () => false,
    isEmptyDueToFiltering: () => false,
    firstOffset: () => String(offset),
    lastOffset: () => String(next - 1),
    offsetLag: () => String(highWatermark - next),
    offsetLagLow: () => String(highWatermark - offset),
  };
}

function keyOf(topic: string, partition: number): string {
  return `${topic} ${String(partition)}`;
}
