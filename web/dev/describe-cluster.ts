import type { LabSnapshot } from '../../lib/contracts/lab-snapshot.ts';

export const ZONES = ['a', 'b', 'c'];

type ClusterPart = Omit<LabSnapshot, 'at' | 'platform' | 'groups' | 'name' | 'group'>;

/** Brokers and ZooKeeper servers that are well all the time, and what the lab may be told. */
export function describeCluster(at: number): ClusterPart {
  return {
    kafka: {
      isReachable: true,
      since: at - 600_000,
      underReplicated: 0,
      brokers: ZONES.map((zone, index) => ({
        name: `kafka-${index}`,
        brokerId: index + 1,
        node: `worker-${zone}1`,
        zone,
        phase: 'ready',
        isController: index === 1,
        leaders: 41,
        replicas: 122,
        inSync: 122,
      })),
    },
    zookeeper: {
      hasQuorum: true,
      servers: ZONES.map((zone, index) => ({
        name: `zookeeper-${index}`,
        node: `worker-${zone}1`,
        zone,
        phase: 'ready',
        role: index === 2 ? 'leader' : 'follower',
      })),
    },
    apiServer: { isReachable: true, since: at - 600_000 },
    groupContact: { isReachable: true, since: at - 600_000 },
    producers: [{ name: 'producer-5c4d7f9b8-q2w3e', phase: 'ready' }],
    wantedProducers: 1,
    controls: {
      isReadOnly: false,
      readOnlyReason: null,
      scalable: ['consumer', 'producer'],
      maxReplicas: 50,
      faults: {
        producer: ['kill'],
        consumer: ['kill', 'pause', 'resume'],
        kafka: ['kill', 'stop', 'start'],
        zookeeper: ['kill', 'stop', 'start'],
      },
      maxRatePerSecond: 20_000,
      maxProcessingDelayMs: 10_000,
    },
    load: { ratePerSecond: 200 },
    processingDelayMs: 5,
  };
}
