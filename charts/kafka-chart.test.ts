import { describe, expect, it } from '@jest/globals';
import { KafkaChart, type KafkaChartProps } from './kafka-chart.ts';
import { findObject, synthesize, withoutScripts } from './testing/synthesize.ts';

const ZOOKEEPER = ['zookeeper-0.zk:2181', 'zookeeper-1.zk:2181', 'zookeeper-2.zk:2181'];

function build(props: Partial<KafkaChartProps> = {}) {
  return synthesize((app) => new KafkaChart(app, 'kafka', { zookeeperServers: ZOOKEEPER, ...props }));
}

describe('KafkaChart', () => {
  it('gives every broker its own names for clients inside and on the host, and all of them every ZooKeeper server', () => {
    const objects = build();
    const files = findObject(objects, 'ConfigMap', 'kafka-config').data ?? {};
    for (const ordinal of [0, 1, 2]) {
      const lines = (files[`server-${String(ordinal)}.properties`] ?? '').split('\n');
      expect(lines).toContain(`broker.id=${String(ordinal)}`);
      expect(lines).toContain(`zookeeper.connect=${ZOOKEEPER.join(',')}`);
      expect(lines).toContain(
        `advertised.listeners=INTERNAL://kafka-${String(ordinal)}.kafka-headless.kafka-lab.svc.cluster.local:29029,` +
          `HOST://127.0.0.1:${String(9092 + ordinal)}`,
      );
      expect(findObject(objects, 'Service', `kafka-host-${String(ordinal)}`).spec).toMatchObject({
        type: 'NodePort',
        publishNotReadyAddresses: true,
        selector: { 'statefulset.kubernetes.io/pod-name': `kafka-${String(ordinal)}` },
        ports: [{ port: 9092, targetPort: 'host', nodePort: 30_092 + ordinal }],
      });
    }
  });

  it('counts a broker as ready when it has been in sync, and as alive by what its launcher says', () => {
    expect(findObject(build(), 'StatefulSet', 'kafka').spec).toMatchObject({
      podManagementPolicy: 'Parallel',
      template: {
        spec: {
          terminationGracePeriodSeconds: 90,
          containers: [
            {
              startupProbe: { exec: { command: ['sh', '/etc/kafka-lab/is-ready.sh', '29029', '/data/kafka'] } },
              readinessProbe: { exec: { command: ['sh', '/etc/kafka-lab/is-ready.sh', '29029', '/data/kafka'] } },
              livenessProbe: { exec: { command: ['sh', '/etc/kafka-lab/is-alive.sh', '29029'] } },
            },
          ],
        },
      },
    });
  });

  it('sends clients only to brokers that are ready, and brokers to all', () => {
    const objects = build();
    expect(findObject(objects, 'Service', 'kafka').spec).not.toHaveProperty('publishNotReadyAddresses');
    expect(findObject(objects, 'Service', 'kafka').spec).toMatchObject({ ports: [{ port: 29_029 }] });
    expect(findObject(objects, 'Service', 'kafka-headless').spec).toMatchObject({ publishNotReadyAddresses: true });
  });

  it.each<{ problem: string; props: Partial<KafkaChartProps>; message: RegExp }>([
    {
      problem: 'fewer brokers than copies',
      props: { brokers: 2 },
      message: /^kafka: Kafka has 3 copies on 2 brokers/,
    },
    {
      problem: 'as many in-sync replicas as copies',
      props: { minInSyncReplicas: 3 },
      message: /^kafka: Kafka demands 3 in-sync replicas of 3 copies/,
    },
    {
      problem: 'a heap that leaves nothing for the rest of the JVM',
      props: { heapMiB: 512, memoryLimitMiB: 640 },
      message: /^kafka: a heap of 512 MiB and 192 MiB beside it do not fit the memory limit of 640 MiB$/,
    },
    {
      problem: 'node ports outside of the range',
      props: { brokers: 3000 },
      message: /^kafka: 3000 brokers from node port 30092 need 30092 to 33091; a cluster has 30000 to 32767$/,
    },
  ])('refuses $problem', ({ props, message }) => {
    expect(() => build(props)).toThrow(message);
  });

  it('tells all problems at once', () => {
    expect(() => build({ brokers: 2, minInSyncReplicas: 3 })).toThrow(
      /3 copies on 2 brokers.*; Kafka demands 3 in-sync/,
    );
  });

  it('matches its snapshot', () => {
    expect(withoutScripts(build())).toMatchSnapshot();
  });
});
