import type { ClusterConnection } from './cluster-connection.ts';

/**
 * How many partitions a topic has now, as a broker answers; 0 when there is no such topic.
 *
 * @throws AppError `kafka-unavailable`
 */
export function countPartitions(connection: ClusterConnection, topic: string): Promise<number> {
  return connection.run(`counting the partitions of ${topic}`, async (cluster) => {
    try {
      const { topicMetadata } = await cluster.metadata({ topics: [topic] });
      return topicMetadata[0]?.partitionMetadata.length ?? 0;
    } catch (error) {
      if (error instanceof Error && 'type' in error && error.type === 'UNKNOWN_TOPIC_OR_PARTITION') return 0;
      throw error;
    }
  });
}
