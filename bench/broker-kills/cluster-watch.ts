import { APP_GROUP, APP_TOPIC } from '../../lib/contracts/topics.ts';
import { createClusterConnection } from '../../kafka/cluster-connection.ts';
import { isBehind, readReplication } from '../../kafka/replication.ts';
import type { Logger } from '../../lib/log/create-logger.ts';

/** The copies of all partitions, of every topic. */
interface Replication {
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
  const connection = createClusterConnection({ brokers, clientId: 'lab-bench', logger, patienceMs: PATIENCE_MS });
  const read = async () => {
    const replication = await readReplication(connection);
    if (replication.partitions.some(({ leader }) => leader < 0)) throw new Error('a partition has no leader');
    return replication;
  };
  return {
    async readReplication() {
      const { partitions } = await read();
      if (partitions.length === 0) throw new Error('a broker knows of no topic yet');
      return {
        partitions: partitions.length,
        behind: partitions.filter(isBehind).length,
        smallestIsr: Math.min(...partitions.map(({ isr }) => isr.length)),
      };
    },
    async readRoles() {
      const { controller, partitions } = await read();
      const app = partitions.filter(({ topic }) => topic === APP_TOPIC);
      const { nodeId } = await connection.run(`finding the coordinator of group ${APP_GROUP}`, (cluster) =>
        cluster.findGroupCoordinator({ groupId: APP_GROUP }),
      );
      return {
        coordinator: nodeId,
        controller: controller < 0 ? null : controller,
        leaders: new Map(app.map(({ partitionId, leader }) => [partitionId, leader])),
      };
    },
    close: () => connection.disconnect(),
  };
}
