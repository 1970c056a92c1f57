import { APP_GROUP, APP_TOPIC } from '../../lib/contracts/topics.ts';
import { createClusterConnection } from '../../kafka/cluster-connection.ts';
import { createKafka } from '../../kafka/create-kafka.ts';
import type { Logger } from '../../lib/log/create-logger.ts';

/** The copies of all partitions, of every topic. */
export interface Replication {
  readonly partitions: number;
  /** Partitions with a copy that is not in sync. */
  readonly behind: number;
  /** In-sync copies of the partition that has the fewest. */
  readonly smallestIsr: number;
}

/** What the brokers do for the lab. */
export interface Roles {
  /** The broker that coordinates the group. */
  readonly coordinator: number;
  readonly controller: number | null;
  /** The leader of every partition of the topic. */
  readonly leaders: ReadonlyMap<number, number>;
}

/** Looks at the brokers from outside. All calls throw when they do not answer, or when a partition has no leader. */
export interface ClusterWatch {
  readReplication(): Promise<Replication>;
  readRoles(): Promise<Roles>;
  close(): Promise<void>;
}

const PATIENCE_MS = 1000;

export function createClusterWatch(brokers: readonly string[], logger: Logger): ClusterWatch {
  const kafka = { brokers, clientId: 'lab-bench', logger };
  const connection = createClusterConnection({ ...kafka, patienceMs: PATIENCE_MS });
  const readTopics = () =>
    connection.run('reading the state of all topics', (cluster) => cluster.metadata({ topics: [] }));
  return {
    async readReplication() {
      const { topicMetadata } = await readTopics();
      const partitions = topicMetadata.flatMap(({ partitionMetadata }) => partitionMetadata);
      if (partitions.length === 0) throw new Error('a broker knows of no topic yet');
      return {
        partitions: partitions.length,
        behind: partitions.filter(({ isr, replicas }) => isr.length < replicas.length).length,
        smallestIsr: Math.min(...partitions.map(({ isr }) => isr.length)),
      };
    },
    async readRoles() {
      const { topicMetadata } = await readTopics();
      const app = topicMetadata.find(({ topic }) => topic === APP_TOPIC);
      const { nodeId } = await connection.run(`finding the coordinator of group ${APP_GROUP}`, (cluster) =>
        cluster.findGroupCoordinator({ groupId: APP_GROUP }),
      );
      return {
        coordinator: nodeId,
        controller: await readController(kafka),
        leaders: new Map(app?.partitionMetadata.map(({ partitionId, leader }) => [partitionId, leader])),
      };
    },
    close: () => connection.disconnect(),
  };
}

/** By a client of its own, so that none is left with a connection to a broker that is then killed. */
async function readController(kafka: Parameters<typeof createKafka>[0]): Promise<number | null> {
  const admin = createKafka(kafka).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).controller;
  } finally {
    await admin.disconnect();
  }
}
