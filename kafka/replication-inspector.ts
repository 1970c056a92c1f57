import { createClusterConnection } from './cluster-connection.ts';
import type { KafkaOptions } from './create-kafka.ts';
import { isInSync, readReplication } from './replication.ts';

/** Looks at how complete the copies of all topics are. */
export interface ReplicationInspector {
  /** Whether a broker is registered and in sync for every partition that it hosts and that has a leader. */
  isInSync(brokerId: number): Promise<boolean>;
  close(): Promise<void>;
}

const PATIENCE_MS = 1000;

/** An inspector with a connection of its own. */
export function createReplicationInspector(options: KafkaOptions): ReplicationInspector {
  const connection = createClusterConnection({ ...options, patienceMs: PATIENCE_MS });
  return {
    isInSync: async (brokerId) => isInSync(await readReplication(connection), brokerId),
    close: () => connection.disconnect(),
  };
}
