import { Gauge, Registry } from 'prom-client';

/** What this replica counts. */
export function createProducerMetrics(readPendingRecords: () => number): Registry {
  const registry = new Registry();
  new Gauge({
    name: 'kafka_lab_producer_pending_records',
    help: 'Records that wait for the brokers.',
    registers: [registry],
    collect() {
      this.set(readPendingRecords());
    },
  });
  return registry;
}
