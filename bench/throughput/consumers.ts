import type { BenchCluster, BenchTopics } from '../bench-cluster.ts';
import type { BenchProcess } from '../bench-process.ts';
import type { ConsumerInstructions } from '../peers/plain-kafkajs-consumer.ts';
import { startPeer } from './run-process.ts';

/** One member of a group. */
export interface ConsumerKind {
  readonly name: string;
  /** Part of the names of its groups. */
  readonly id: string;
  start(cluster: BenchCluster, topics: BenchTopics, groupId: string, replica: string): BenchProcess;
  /** Reads from a line when the member was given partitions, and how many. */
  parseAssigned(line: string): Assigned | undefined;
}

export interface Assigned {
  /** In milliseconds since the epoch. */
  readonly atMs: number;
  readonly partitions: number;
}

export const OUR_CONSUMER = 'kafka-lab consumer';
export const PLAIN_WORK = 'kafkajs as it comes, the same work';
export const PLAIN_IDLE = 'kafkajs as it comes, eachMessage does nothing';
const PLAIN_BATCH = 'kafkajs as it comes, eachBatch does nothing';

export const ourConsumer: ConsumerKind = {
  name: OUR_CONSUMER,
  id: 'ours',
  start: (cluster, topics, groupId, replica) =>
    cluster.startService('consumer', replica, topics, { GROUP_ID: groupId }),
  parseAssigned: parseServiceLine,
};

export const CONSUMER_KINDS: readonly ConsumerKind[] = [
  ourConsumer,
  createPlainConsumer(PLAIN_WORK, 'work'),
  createPlainConsumer(PLAIN_IDLE, 'each-message'),
  createPlainConsumer(PLAIN_BATCH, 'each-batch'),
];

export function createPlainConsumer(name: string, mode: ConsumerInstructions['mode']): ConsumerKind {
  return {
    name,
    id: mode,
    start: ({ brokers }, { topic }, groupId, replica) =>
      startPeer('plain-kafkajs-consumer.ts', replica, { brokers, topic, groupId, name: replica, mode }),
    parseAssigned: (line) => parseJson(line)?.['assigned'] as Assigned | undefined,
  };
}

/** The line of our consumer that says what it owns carries its time and the partitions. */
export function parseServiceLine(line: string): Assigned | undefined {
  const { time, partitions, generation } = parseJson(line) ?? {};
  if (typeof time !== 'number' || typeof generation !== 'number' || !Array.isArray(partitions)) return undefined;
  return { atMs: time, partitions: partitions.length };
}

function parseJson(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
