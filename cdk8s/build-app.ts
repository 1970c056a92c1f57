import { App, type Chart } from 'cdk8s';
import { ConsumerGroupChart } from '../charts/consumer-group-chart.ts';
import { ConsumerGroupCrdChart } from '../charts/consumer-group-crd-chart.ts';
import { ConsumerChart } from '../charts/consumer-chart.ts';
import { KafdropChart } from '../charts/kafdrop-chart.ts';
import { KafkaChart } from '../charts/kafka-chart.ts';
import { NamespaceChart } from '../charts/namespace-chart.ts';
import { NetworkPolicyChart } from '../charts/network-policy-chart.ts';
import { OperatorChart } from '../charts/operator-chart.ts';
import { ProducerChart } from '../charts/producer-chart.ts';
import { TopicsChart } from '../charts/topics-chart.ts';
import { ZooKeeperChart } from '../charts/zookeeper-chart.ts';
import { buildTopicSpecs } from '../lib/contracts/topics.ts';
import type { Settings } from './settings-schema.ts';

/**
 * The whole lab of one environment: one chart per tier, in the order in which they must be applied.
 * Nothing is written before `synth()`.
 *
 * @throws RangeError from a chart whose props contradict each other.
 */
export function buildApp(settings: Settings, options: { readonly outdir: string }): App {
  const { namespace, zones, images, zookeeper, kafka, topics } = settings;
  const shared = { namespace, ...(zones.length > 0 && { zones }) };
  const storage = settings.storageClass === undefined ? {} : { storageClass: settings.storageClass };
  const app = new App({ outdir: options.outdir });

  const namespaceChart = new NamespaceChart(app, 'namespace', { namespace });
  const kinds = new ConsumerGroupCrdChart(app, 'consumer-group-crd');
  const policies = new NetworkPolicyChart(app, 'network-policies', {
    namespace,
    podCidr: settings.podCidr,
    apiServerPort: settings.apiServerPort,
  });
  const ensemble = new ZooKeeperChart(app, 'zookeeper', { ...shared, ...storage, ...zookeeper, image: images.kafka });
  const brokers = new KafkaChart(app, 'kafka', {
    ...shared,
    ...storage,
    ...kafka,
    zookeeperServers: ensemble.serverAddresses,
    replicationFactor: topics.replicationFactor,
    minInSyncReplicas: topics.minInSyncReplicas,
    image: images.kafka,
  });
  const { bootstrapServers } = brokers;
  const topicsChart = new TopicsChart(app, 'topics', {
    namespace,
    topics: buildTopicSpecs(topics),
    brokers: kafka.brokers,
    bootstrapServers,
    image: images.kafka,
  });
  const kafdrop = settings.kafdrop.isEnabled
    ? [new KafdropChart(app, 'kafdrop', { namespace, bootstrapServers, image: images.kafdrop })]
    : [];
  const services = [
    new ProducerChart(app, 'producer', { ...shared, ...settings.producer, bootstrapServers, image: images.producer }),
    new ConsumerChart(app, 'consumer', { ...shared, ...settings.consumer, bootstrapServers, image: images.consumer }),
  ];

  const operator = settings.operator.isEnabled ? buildOperator(app, settings, ensemble, brokers) : [];

  applyInOrder([namespaceChart, kinds, policies, ensemble, brokers, topicsChart, ...kafdrop, ...services, ...operator]);
  return app;
}

/** The operator, and the group that it watches: without one, nobody would keep the other's status. */
function buildOperator(app: App, settings: Settings, ensemble: ZooKeeperChart, brokers: KafkaChart): readonly Chart[] {
  const { namespace, zones, images, operator } = settings;
  return [
    new OperatorChart(app, 'operator', {
      namespace,
      ...(zones.length > 0 && { zones }),
      allowControls: operator.allowControls,
      memoryLimitMiB: operator.memoryLimitMiB,
      logFormat: operator.logFormat,
      zookeeperServers: ensemble.serverAddresses,
      bootstrapServers: brokers.bootstrapServers,
      image: images.operator,
    }),
    new ConsumerGroupChart(app, 'consumer-group', { namespace }),
  ];
}

/** cdk8s numbers the files of charts that depend on each other, and `kubectl apply -f` goes by the file names. */
function applyInOrder(charts: readonly Chart[]): void {
  charts.forEach((chart, index) => {
    const earlier = charts[index - 1];
    if (earlier) chart.addDependency(earlier);
  });
}
