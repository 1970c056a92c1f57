import { hasType } from '../kafka-error.ts';
import type { ClusterInternals } from '../kafkajs/internals.ts';

/** What another member subscribed to in vain must not keep the leader, and so the whole group, from joining. */
const OUT_OF_REACH: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
]);

/**
 * The partitions that the topics of a group's members have now; none of a topic that is not there.
 *
 * @throws kafkajs' errors
 */
export async function readPartitions(
  cluster: ClusterInternals,
  topics: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  await cluster.refreshMetadata();
  const partitions = new Map<string, readonly number[]>();
  for (const topic of topics) {
    if (cluster.findTopicPartitionMetadata(topic).length === 0) await addTopic(cluster, topic);
    partitions.set(
      topic,
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
    );
  }
  return partitions;
}

async function addTopic(cluster: ClusterInternals, topic: string): Promise<void> {
  try {
    await cluster.addMultipleTargetTopics([topic]);
  } catch (error) {
    if (!hasType(error, OUT_OF_REACH)) throw error;
  }
}
