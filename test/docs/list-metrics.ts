import { createHttpMetrics } from '../../lib/http/metrics.ts';
import { createConsumerMetrics } from '../../services/consumer/consumer-metrics.ts';
import { createOperatorMetrics, type OperatorMetrics } from '../../services/operator/operator-metrics.ts';
import { createProducerMetrics } from '../../services/producer/producer-metrics.ts';

/** A metric as its service declares it. */
export interface DeclaredMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** What each service tells at `/metrics` beside what all of them do, and beside what every process of Node.js does. */
export function listMetrics(): Readonly<
  Record<'all' | 'producer' | 'consumer' | 'operator', readonly DeclaredMetric[]>
> {
  const consumer = createConsumerMetrics(() => ({ partitions: [], held: [] })).registry;
  const ofConsumer = readMetrics(consumer);
  createHttpMetrics(consumer, () => 0);
  const operator = createOperatorMetrics({
    listGroups: () => [],
    isKafkaReachable: () => true,
    readQueueDepth: () => 0,
  });
  return {
    all: readMetrics(consumer).filter(({ name }) => name.startsWith('http_')),
    producer: readMetrics(createProducerMetrics(() => 0)),
    consumer: ofConsumer,
    operator: readMetrics(operator.registry),
  };
}

function readMetrics(registry: OperatorMetrics['registry']): readonly DeclaredMetric[] {
  const metrics = registry.getMetricsAsArray() as unknown as (Omit<DeclaredMetric, 'labels'> & {
    readonly labelNames: readonly string[];
  })[];
  return metrics.map(({ name, type, help, labelNames }) => ({
    name,
    type,
    help,
    // Prometheus' own, by which it tells the parts of a histogram apart.
    labels: labelNames.filter((label) => label !== 'le'),
  }));
}
