import { describe, expect, it } from '@jest/globals';
import { forgetTopics, type ClusterInternals } from './kafkajs/internals.ts';
import { findPartitions } from './log-reader.ts';

/** Asks for topics as kafkajs does: for all of them together, and takes no answer when one is gone. */
function createCluster(topics: Record<string, number>): ClusterInternals {
  let known: Readonly<Record<string, number>> = {};
  let isFresh = false;
  const cluster = {
    targetTopics: new Set<string>(),
    refreshMetadata() {
      if ([...cluster.targetTopics].some((topic) => topics[topic] === undefined)) {
        return Promise.reject(Object.assign(new Error('no such topic'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' }));
      }
      known = Object.fromEntries([...cluster.targetTopics].map((topic) => [topic, topics[topic] ?? 0]));
      isFresh = true;
      return Promise.resolve();
    },
    async addMultipleTargetTopics([topic = '']: readonly string[]) {
      if (cluster.targetTopics.has(topic)) return;
      cluster.targetTopics.add(topic);
      await cluster.refreshMetadata().catch((error: unknown) => {
        cluster.targetTopics.delete(topic);
        throw error;
      });
    },
    refreshMetadataIfNecessary: () => (isFresh ? Promise.resolve() : cluster.refreshMetadata()),
    findTopicPartitionMetadata: (topic: string) =>
      Array.from({ length: known[topic] ?? 0 }, (_, partitionId) => ({
        partitionId,
        leader: 0,
        replicas: [],
        isr: [],
      })),
    expire: () => void (isFresh = false),
  };
  return cluster as unknown as ClusterInternals & { expire(): void };
}

const expire = (cluster: ClusterInternals): void => (cluster as unknown as { expire(): void }).expire();

describe('findPartitions', () => {
  it('finds no partition of a topic that was never there', async () => {
    await expect(findPartitions(createCluster({}), 'app')).resolves.toEqual([]);
  });

  it('finds that a topic is gone, and that it is there again', async () => {
    const topics: Record<string, number> = { app: 3 };
    const cluster = createCluster(topics);
    await expect(findPartitions(cluster, 'app')).resolves.toEqual([0, 1, 2]);
    delete topics['app'];
    expire(cluster);
    await expect(findPartitions(cluster, 'app')).resolves.toEqual([]);
    topics['app'] = 2;
    await expect(findPartitions(cluster, 'app')).resolves.toEqual([0, 1]);
  });

  it('finds the partitions of a topic although another one is gone', async () => {
    const topics: Record<string, number> = { app: 3, other: 1, third: 2 };
    const cluster = createCluster(topics);
    await findPartitions(cluster, 'app');
    await findPartitions(cluster, 'other');
    delete topics['app'];
    expire(cluster);
    await expect(findPartitions(cluster, 'other')).resolves.toEqual([0]);
    await expect(findPartitions(cluster, 'third')).resolves.toEqual([0, 1]);
  });

  it('does not take a topic that it has lost sight of for one that is gone', async () => {
    const cluster = createCluster({ app: 3, other: 1 });
    await findPartitions(cluster, 'app');
    const finding = findPartitions(cluster, 'app');
    forgetTopics(cluster);
    await cluster.addMultipleTargetTopics(['other']);
    await expect(finding).rejects.toThrow(/not known yet/);
  });
});
