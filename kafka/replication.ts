import type { ClusterConnection } from './cluster-connection.ts';
import type { PartitionMetadata } from './kafkajs/internals.ts';
import { readMetadata, type ClusterMetadata } from './kafkajs/read-metadata.ts';

/**
 * The brokers, and who leads and holds what, of all topics.
 *
 * @throws AppError `kafka-unavailable`
 */
export function readReplication(connection: ClusterConnection): Promise<ClusterMetadata> {
  return connection.run('asking who leads what', async (cluster) => {
    const [first, ...others] = cluster.getNodeIds();
    // kafkajs comes to know the brokers by reading of its own, which fails while any partition has no leader.
    if (first === undefined) return readMetadata(await cluster.brokerPool.findConnectedBroker());
    const ask = async (nodeId: string) => readMetadata(await cluster.findBroker({ nodeId }));
    // Any of them knows. One that is down is asked no more than once.
    return others.reduce((answer, nodeId) => answer.catch(() => ask(nodeId)), ask(first));
  });
}

/** Whether a partition has a copy that is not in sync. */
export function isBehind({ replicas, isr }: Pick<PartitionMetadata, 'replicas' | 'isr'>): boolean {
  return isr.length < replicas.length;
}

/**
 * Whether a broker is registered, and in sync for every partition that it holds a copy of and that has a leader. One
 * without a leader may wait for this very broker's clients, or for another broker: it is no reason not to be ready.
 * charts/scripts/is-in-sync.sh asks the same inside a pod.
 */
export function isInSync(
  { brokers, partitions }: Pick<ClusterMetadata, 'brokers' | 'partitions'>,
  id: number,
): boolean {
  return (
    brokers.includes(id) &&
    partitions.every(({ leader, replicas, isr }) => leader < 0 || !replicas.includes(id) || isr.includes(id))
  );
}
