import type { ClusterConnection } from './cluster-connection.ts';
import { findPartitions } from './log-reader.ts';

/**
 * Which broker leads each partition of a topic, by partition.
 *
 * @throws AppError `kafka-unavailable`, also while a partition has no leader
 */
export function findPartitionLeaders(
  connection: ClusterConnection,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  return connection.run(`asking who leads ${topic}`, async (cluster) => {
    await findPartitions(cluster, topic);
    return new Map(
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId, leader }) => [partitionId, leader] as const),
    );
  });
}
