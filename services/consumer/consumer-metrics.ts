import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MemberState } from '../../kafka/member/member-state.ts';

/** What this replica counts. */
export interface ConsumerMetrics {
  readonly registry: Registry;
  readonly records: Counter<'outcome'>;
  readonly rebalances: Counter;
  readonly pauseSeconds: Histogram;
}

export function createConsumerMetrics(readState: () => Pick<MemberState, 'partitions' | 'held'>): ConsumerMetrics {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'kafka_lab_consumer_partitions',
    help: 'Partitions that this replica owns.',
    registers,
    collect() {
      this.set(readState().partitions.length);
    },
  });
  new Gauge({
    name: 'kafka_lab_consumer_held_partitions',
    help: 'Partitions of this replica that wait while the others go on.',
    registers,
    collect() {
      this.set(readState().held.length);
    },
  });
  return {
    registry,
    records: new Counter({
      name: 'kafka_lab_consumer_records_total',
      help: 'Records processed, by what they were.',
      labelNames: ['outcome'],
      registers,
    }),
    rebalances: new Counter({
      name: 'kafka_lab_consumer_assignments_total',
      help: 'Assignments that this replica received.',
      registers,
    }),
    pauseSeconds: new Histogram({
      name: 'kafka_lab_consumer_pause_seconds',
      help: 'Time without processing in a rebalance.',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
      registers,
    }),
  };
}
