import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { causeKindSchema, type GroupSnapshot, type Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import { listIdle } from './build-conditions.ts';

/** What is asked at each scrape. */
export interface MetricsSources {
  /** The groups that are watched. */
  readonly listGroups: () => readonly GroupSnapshot[];
  readonly isKafkaReachable: () => boolean;
  readonly readQueueDepth: () => number;
}

/** What the operator counts. The groups' gauges are read when they are asked for. */
export interface OperatorMetrics {
  readonly registry: Registry;
  readonly reconciles: Counter<'result'>;
  readonly reconcileDuration: Histogram;
  readonly apiErrors: Counter;
  /** Begins to count for a group: what has not happened yet is 0, so that its first time is an increase. */
  declareGroup(group: string): void;
  countRebalance(group: string, rebalance: Rebalance): void;
}

const PREFIX = 'kafka_lab_';

/** A registry of its own for each operator, with nothing counted yet. */
export function createOperatorMetrics(sources: MetricsSources): OperatorMetrics {
  const registry = new Registry();
  const registers = [registry];
  declareGroupGauges(registry, sources);
  new Gauge({
    name: `${PREFIX}kafka_reachable`,
    help: 'Whether any broker answered the last time: 1 or 0.',
    registers,
    collect() {
      this.set(sources.isKafkaReachable() ? 1 : 0);
    },
  });
  new Gauge({
    name: `${PREFIX}operator_queue_depth`,
    help: 'Consumer groups that wait to be reconciled or are being so.',
    registers,
    collect() {
      this.set(sources.readQueueDepth());
    },
  });
  const rebalances = new Counter({
    name: `${PREFIX}group_rebalances_total`,
    help: 'Rebalances that were seen, by cause.',
    labelNames: ['group', 'cause'],
    registers,
  });
  const pauses = new Histogram({
    name: `${PREFIX}group_rebalance_pause_seconds`,
    help: 'Longest silence of a partition in a rebalance, by the receipts.',
    labelNames: ['group'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40],
    registers,
  });
  return {
    registry,
    reconciles: new Counter({
      name: `${PREFIX}operator_reconciles_total`,
      help: 'Reconciliations, by how they ended.',
      labelNames: ['result'],
      registers,
    }),
    reconcileDuration: new Histogram({
      name: `${PREFIX}operator_reconcile_duration_seconds`,
      help: 'Duration of a reconciliation.',
      buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
      registers,
    }),
    apiErrors: new Counter({
      name: `${PREFIX}operator_api_errors_total`,
      help: 'Calls to the API server that failed in a reconciliation.',
      registers,
    }),
    declareGroup(group) {
      for (const cause of causeKindSchema.options) rebalances.inc({ group, cause }, 0);
    },
    countRebalance(group, { cause, longestPauseMs }) {
      rebalances.inc({ group, cause: cause.kind });
      if (longestPauseMs !== null) pauses.observe({ group }, longestPauseMs / 1000);
    },
  };
}

/** Gauges of a whole group, by what comes after `kafka_lab_group_`. */
const GROUP_GAUGES: Readonly<Record<string, { help: string; read: (group: GroupSnapshot) => number | null }>> = {
  members: { help: 'Members of the group.', read: ({ members }) => members.length },
  idle_members: {
    help: 'Members that read the topic and own no partition.',
    read: (group) => listIdle(group).length,
  },
  imbalance_partitions: { help: 'Most partitions of a member minus least.', read: ({ imbalance }) => imbalance },
  balanced: { help: 'Whether the group is balanced: 1 or 0.', read: ({ isBalanced }) => (isBalanced ? 1 : 0) },
  generation: { help: 'Generation of the group.', read: ({ generation }) => generation },
  produced_records_per_second: {
    help: 'Records that arrive in the topic a second.',
    read: ({ producedPerSecond }) => producedPerSecond,
  },
  consumed_records_per_second: {
    help: 'Records that the group commits a second.',
    read: ({ consumedPerSecond }) => consumedPerSecond,
  },
};

type PartitionValue = (partition: GroupSnapshot['partitions'][number]) => number | null;

const PARTITION_GAUGES: Readonly<Record<string, { help: string; read: PartitionValue }>> = {
  lag_records: { help: 'Records of a partition that the group has not committed yet.', read: ({ lag }) => lag },
  partition_log_end_offset: { help: 'Log-end offset of a partition.', read: ({ logEndOffset }) => logEndOffset },
  partition_committed_offset: {
    help: 'Offset that the group has committed in a partition.',
    read: ({ committedOffset }) => committedOffset,
  },
};

function declareGroupGauges(registry: Registry, { listGroups }: MetricsSources): void {
  const registers = [registry];
  for (const [name, { help, read }] of Object.entries(GROUP_GAUGES)) {
    new Gauge({
      name: `${PREFIX}group_${name}`,
      help,
      labelNames: ['group'],
      registers,
      collect() {
        this.reset();
        for (const group of listGroups()) {
          const value = read(group);
          if (value !== null) this.set({ group: group.groupId }, value);
        }
      },
    });
  }
  for (const [name, { help, read }] of Object.entries(PARTITION_GAUGES)) {
    new Gauge({
      name: `${PREFIX}group_${name}`,
      help,
      labelNames: ['group', 'topic', 'partition'],
      registers,
      collect() {
        this.reset();
        for (const { groupId, topic, partitions } of listGroups()) {
          for (const partition of partitions) {
            const value = read(partition);
            const labels = { group: groupId, topic, partition: partition.partition };
            if (value !== null) this.set(labels, value);
          }
        }
      },
    });
  }
  new Gauge({
    name: `${PREFIX}group_pod_partitions`,
    help: 'Partitions that a pod owns.',
    labelNames: ['group', 'pod', 'node', 'zone'],
    registers,
    collect() {
      this.reset();
      for (const { groupId, pods } of listGroups()) {
        for (const { name, node, zone, partitions } of pods) {
          this.set({ group: groupId, pod: name, node, zone: zone ?? '' }, partitions.length);
        }
      }
    },
  });
}
