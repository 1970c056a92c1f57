import type { ClusterConnection } from './cluster-connection.ts';
import { deleteOffsets } from './kafkajs/delete-offsets.ts';
import { findPartitions } from './log-reader.ts';

/**
 * Makes a group without members forget what it has committed in a topic, as one that never was.
 *
 * @throws AppError `kafka-unavailable`, also while members of it read the topic
 */
export function deleteGroupOffsets(connection: ClusterConnection, groupId: string, topic: string): Promise<void> {
  return connection.run(`deleting the offsets of group ${groupId}`, async (cluster) => {
    const partitions = await findPartitions(cluster, topic);
    await deleteOffsets(await cluster.findGroupCoordinator({ groupId }), groupId, topic, partitions);
  });
}
