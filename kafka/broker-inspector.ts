import type { ClusterConnection } from './cluster-connection.ts';
import { isBehind, readReplication } from './replication.ts';

/** What the brokers say of one another. */
interface BrokerView {
  readonly brokerId: number;
  readonly isController: boolean;
  /** Partitions it leads, of all topics. */
  readonly leaders: number;
  /** Copies it holds. */
  readonly replicas: number;
  /** Copies it holds that are in sync. */
  readonly inSync: number;
}

/** The cluster at one moment, as the brokers themselves report it. */
export interface BrokersView {
  /** What tells one cluster from another; null when the brokers do not say. */
  readonly clusterId: string | null;
  /** Those that are registered or hold copies, by id. */
  readonly brokers: readonly BrokerView[];
  /** Partitions with a copy that is not in sync. */
  readonly underReplicated: number;
}

/** Looks at brokers, leaders and copies. */
export interface BrokerInspector {
  /** @throws AppError `kafka-unavailable` */
  inspect(): Promise<BrokersView>;
}

/** Looks through a connection that its caller owns and ends. */
export function createBrokerInspector(connection: ClusterConnection): BrokerInspector {
  return {
    async inspect() {
      const { clusterId, brokers, controller, partitions } = await readReplication(connection);
      const count = new Map<number, { leaders: number; replicas: number; inSync: number }>();
      const tallyOf = (id: number) => {
        const tally = count.get(id) ?? { leaders: 0, replicas: 0, inSync: 0 };
        count.set(id, tally);
        return tally;
      };
      brokers.forEach(tallyOf);
      for (const { leader, replicas, isr } of partitions) {
        if (leader >= 0) tallyOf(leader).leaders += 1;
        for (const id of replicas) tallyOf(id).replicas += 1;
        for (const id of isr) tallyOf(id).inSync += 1;
      }
      return {
        clusterId,
        brokers: [...count]
          .map(([brokerId, tally]) => ({ brokerId, isController: brokerId === controller, ...tally }))
          .sort((a, b) => a.brokerId - b.brokerId),
        underReplicated: partitions.filter(isBehind).length,
      };
    },
  };
}
