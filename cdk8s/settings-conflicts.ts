import {
  checkEnsemble,
  checkHeap,
  checkInSyncReplicas,
  checkNamespace,
  checkReplication,
  checkZones,
  type Problem,
} from '../charts/constructs/rules.ts';
import { KAFKA_DEFAULTS, ZOOKEEPER_DEFAULTS } from '../charts/defaults.ts';
import type { Settings } from './settings-schema.ts';

/** What must hold between settings: the setting to name, those that play a part, and the rule. */
export interface Conflict {
  readonly path: string;
  readonly parts: readonly string[];
  readonly check: (settings: Settings) => Problem;
}

/** The rules of the charts, said of settings, so that all broken ones are told at once. */
export const CONFLICTS: readonly Conflict[] = [
  { path: 'namespace', parts: [], check: ({ namespace }) => checkNamespace(namespace) },
  { path: 'zones', parts: [], check: ({ zones }) => checkZones(zones) },
  { path: 'zookeeper.servers', parts: [], check: ({ zookeeper }) => checkEnsemble(zookeeper.servers) },
  {
    path: 'zookeeper.heapMiB',
    parts: ['zookeeper.memoryLimitMiB'],
    check: ({ zookeeper }) => checkHeap({ ...zookeeper, nonHeapMiB: ZOOKEEPER_DEFAULTS.nonHeapMiB }),
  },
  {
    path: 'kafka.heapMiB',
    parts: ['kafka.memoryLimitMiB'],
    check: ({ kafka }) => checkHeap({ ...kafka, nonHeapMiB: KAFKA_DEFAULTS.nonHeapMiB }),
  },
  {
    path: 'topics.replicationFactor',
    parts: ['kafka.brokers'],
    check: ({ kafka, topics }) => checkReplication({ what: 'every topic', ...kafka, ...topics }),
  },
  {
    path: 'topics.minInSyncReplicas',
    parts: ['topics.replicationFactor'],
    check: ({ topics }) => checkInSyncReplicas({ what: 'every topic', ...topics }),
  },
];
