import { fetchPartitions, type FetchedPartition, type PartitionPosition } from '../kafkajs/fetch.ts';
import {
  forgetBrokenBroker,
  readLogStart,
  renewFetchConnections,
  type ClusterInternals,
} from '../kafkajs/internals.ts';

/** The brokers' side of one topic: who leads its partitions, and what they hold. Rejects with kafkajs' errors. */
export interface TopicLog {
  /** Ids of the leaders by partition, as known; -1 while there is none. */
  readLeaders(): ReadonlyMap<number, number>;
  /** Asks who leads what. @param isDue only if it was asked too long ago */
  refresh(isDue: boolean): Promise<void>;
  /** Waits until there is anything, or for as long as it is said. */
  fetch(
    leader: number,
    positions: readonly Omit<PartitionPosition, 'topic'>[],
    maxWaitMs: number,
  ): Promise<readonly FetchedPartition[]>;
  /** The first offset of a partition that is still there. */
  readStart(partition: number): Promise<number>;
  /** The next fetch does not wait behind one that a broker still holds back. */
  interrupt(): void;
  /** Drops the connection that an error was about. */
  forget(error: unknown): void;
}

/** Of one answer: each broker may have one under way. */
const MAX_FETCH_BYTES = 4 * 1024 * 1024;
/** Of compressed batches, which may be far larger than their bytes. */
const MAX_DECODED_BYTES = 8 * 1024 * 1024;

/** The topic in a cluster. */
export function createTopicLog(cluster: ClusterInternals, topic: string): TopicLog {
  return {
    readLeaders: () =>
      new Map(cluster.findTopicPartitionMetadata(topic).map(({ partitionId, leader }) => [partitionId, leader])),
    refresh: (isDue) => (isDue ? cluster.refreshMetadataIfNecessary() : cluster.refreshMetadata()),
    async fetch(leader, positions, maxWaitMs) {
      const broker = await cluster.findBroker({ nodeId: leader });
      const asked = positions.map((position) => ({ ...position, topic }));
      return fetchPartitions(broker, asked, {
        maxWaitMs,
        maxBytes: MAX_FETCH_BYTES,
        maxDecodedBytes: MAX_DECODED_BYTES,
      });
    },
    readStart: (partition) => readLogStart(cluster, topic, partition),
    interrupt: () => renewFetchConnections(cluster),
    forget: (error) => forgetBrokenBroker(cluster, error),
  };
}
