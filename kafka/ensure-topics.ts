import type { Admin } from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';
import { listTopicSettings, type TopicSpec } from '../lib/contracts/topics.ts';
import { AppError } from '../lib/errors/app-error.ts';
import { createKafka, type KafkaOptions } from './create-kafka.ts';
import { hasType, toAppError } from './kafka-error.ts';

/** What was done to one topic. */
export interface TopicChange {
  readonly topic: string;
  readonly change: 'created' | 'partitions-raised' | 'none';
}

const CREATE_TIMEOUT_MS = 15_000;
const KNOWN_TIMEOUT_MS = 10_000;
const KNOWN_INTERVAL_MS = 100;
const RAISED_TIMEOUT_MS = 3000;
/** What the controller says of a number that is not more than there are. */
const INVALID_PARTITIONS = new Set(['INVALID_PARTITIONS']);

/**
 * Makes topics be as specified, however often it is called and by however many at once. Partitions are only
 * ever raised: fewer would lose records, and keys would change their partition.
 *
 * @throws AppError `topic-mismatch` when a topic has more partitions than specified
 * @throws AppError `kafka-unavailable` when the brokers do not answer, or are fewer than the copies wanted
 */
export async function ensureTopics(
  options: KafkaOptions,
  specs: readonly TopicSpec[],
): Promise<readonly TopicChange[]> {
  const admin = createKafka(options).admin({ retry: { retries: 10 } });
  try {
    await admin.connect();
    const changes: TopicChange[] = [];
    for (const spec of specs) changes.push(await ensureTopic(admin, spec));
    return changes;
  } catch (error) {
    throw toAppError(error, 'creating the topics');
  } finally {
    await admin.disconnect();
  }
}

async function ensureTopic(admin: Admin, spec: TopicSpec): Promise<TopicChange> {
  const isCreated = await admin.createTopics({
    topics: [toTopicConfig(spec)],
    waitForLeaders: true,
    timeout: CREATE_TIMEOUT_MS,
  });
  if (isCreated) return { topic: spec.name, change: 'created' };
  const existing = await countPartitions(admin, spec.name);
  if (existing > spec.partitions) {
    throw new AppError(
      'topic-mismatch',
      `topic ${spec.name} has ${String(existing)} partitions and ${String(spec.partitions)} are wanted: partitions can be raised, never lowered`,
    );
  }
  if (existing === spec.partitions) return { topic: spec.name, change: 'none' };
  return { topic: spec.name, change: (await raise(admin, spec.name, spec.partitions)) ? 'partitions-raised' : 'none' };
}

/**
 * Raises a topic that is there to at least so many partitions, however many do so at once.
 *
 * @returns whether it was this call that raised them
 * @throws AppError `kafka-unavailable` with the brokers' reason
 */
export async function raisePartitions(options: KafkaOptions, topic: string, count: number): Promise<boolean> {
  const admin = createKafka(options).admin();
  try {
    await admin.connect();
    return await raise(admin, topic, count);
  } catch (error) {
    throw toAppError(error, `raising ${topic} to ${String(count)} partitions`);
  } finally {
    await admin.disconnect();
  }
}

async function raise(admin: Admin, topic: string, count: number): Promise<boolean> {
  try {
    await admin.createPartitions({ topicPartitions: [{ topic, count }] });
    return true;
  } catch (error) {
    // Somebody else raised them meanwhile, and not every broker has heard of it.
    const deadline = Date.now() + RAISED_TIMEOUT_MS;
    while (hasType(error, INVALID_PARTITIONS) && Date.now() < deadline) {
      if ((await countPartitions(admin, topic)) >= count) return false;
      await delay(KNOWN_INTERVAL_MS);
    }
    throw error;
  }
}

/** A topic that somebody else has just created is not known to every broker at once. */
async function countPartitions(admin: Admin, topic: string): Promise<number> {
  const deadline = Date.now() + KNOWN_TIMEOUT_MS;
  for (;;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const count = topics[0]?.partitions.length ?? 0;
      if (count > 0 || Date.now() > deadline) return count;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(KNOWN_INTERVAL_MS);
  }
}

function toTopicConfig(spec: TopicSpec) {
  return {
    topic: spec.name,
    numPartitions: spec.partitions,
    replicationFactor: spec.replicationFactor,
    configEntries: Object.entries(listTopicSettings(spec)).map(([name, value]) => ({ name, value })),
  };
}
