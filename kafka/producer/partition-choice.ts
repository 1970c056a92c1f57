import { Partitioners, type PartitionMetadata } from 'kafkajs';
import { AppError } from '../../lib/errors/app-error.ts';
import type { ClusterConnection } from '../cluster-connection.ts';
import { findPartitions } from '../log-reader.ts';

const PARTITIONS_MAX_AGE_MS = 5000;

/** Chooses partitions as Kafka's Java client does for keys (murmur2), and in turn for records without one. */
export function createPartitionChoice(topic: string, connection: ClusterConnection) {
  const partitioner = Partitioners.DefaultPartitioner();
  let known:
    { readonly ids: readonly number[]; readonly metadata: PartitionMetadata[]; readonly at: number } | undefined;
  let loading: Promise<void> | undefined;
  let turn = 0;

  const load = async (): Promise<void> => {
    const ids = await connection.run(`finding the partitions of ${topic}`, async (cluster) => {
      if (known !== undefined) await cluster.refreshMetadata();
      const found = await findPartitions(cluster, topic);
      if (found.length === 0)
        throw new AppError('kafka-unavailable', `topic ${topic} does not exist`, { retriable: true });
      return found.sort((a, b) => a - b);
    });
    // The partitioner looks at the ids only, and at their number.
    const metadata = ids.map((partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 0,
      replicas: [],
      isr: [],
    }));
    known = { ids, metadata, at: Date.now() };
  };
  const refresh = (): Promise<void> => (loading ??= load().finally(() => (loading = undefined)));

  const pick = (key: string | Buffer | null): number => {
    const { ids, metadata } = known ?? { ids: [0], metadata: [] };
    if (key !== null) return partitioner({ topic, partitionMetadata: metadata, message: { key, value: null } });
    turn = (turn + 1) % ids.length;
    return ids[turn] ?? 0;
  };

  return {
    /** At once when the partitions are known; the first time the brokers have to be asked. */
    choose(key: string | Buffer | null): number | Promise<number> {
      if (known === undefined) return refresh().then(() => pick(key));
      // Raised partitions are found in the background; until then the old ones are as good.
      if (Date.now() - known.at > PARTITIONS_MAX_AGE_MS) void refresh().catch(() => undefined);
      return pick(key);
    },
  };
}
