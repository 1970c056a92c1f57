import { isWithoutLeader } from './kafka-error.ts';
import { createClusterConnection } from './cluster-connection.ts';
import type { KafkaOptions } from './create-kafka.ts';
import type { PartitionMetadata } from './kafkajs/internals.ts';

/** Looks at how complete the copies of all topics are. */
export interface ReplicationInspector {
  /** Whether a broker is in sync for every partition that it hosts; true while any partition has no leader, when nobody can tell. */
  isInSync(brokerId: number): Promise<boolean>;
  close(): Promise<void>;
}

const PATIENCE_MS = 1000;

export function createReplicationInspector(options: KafkaOptions): ReplicationInspector {
  const connection = createClusterConnection({ ...options, patienceMs: PATIENCE_MS });
  const readPartitions = async (): Promise<PartitionMetadata[]> => {
    const { topicMetadata } = await connection.run('reading the state of all topics', (cluster) =>
      cluster.metadata({ topics: [] }),
    );
    return topicMetadata.flatMap(({ partitionMetadata }) => partitionMetadata);
  };
  return {
    async isInSync(brokerId) {
      try {
        const hosted = (await readPartitions()).filter(({ replicas }) => replicas.includes(brokerId));
        return hosted.every(({ isr }) => isr.includes(brokerId));
      } catch (error) {
        // kafkajs tells nothing of any partition while one has no leader. That one may be waiting for this very
        // broker's clients, or for another broker: it is no reason not to be ready.
        if (isWithoutLeader(error)) return true;
        throw error;
      }
    },
    close: () => connection.disconnect(),
  };
}
