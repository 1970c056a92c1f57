import { describe, expect, it } from '@jest/globals';
import { Testing } from 'cdk8s';
import { renderSecurityConfig } from '../lib/cluster-config/security-config.ts';
import { findObject, synthesize, withoutScripts } from './testing/synthesize.ts';
import { ZooKeeperChart, type ZooKeeperChartProps } from './zookeeper-chart.ts';

function build(props: ZooKeeperChartProps = {}) {
  return synthesize((app) => new ZooKeeperChart(app, 'zookeeper', props));
}

describe('ZooKeeperChart', () => {
  it('lists all five servers as wanted, with the ids that the ordinals give', () => {
    const { servers } = findObject(build({ servers: 5 }), 'ConfigMap', 'zookeeper-config').data ?? {};
    expect(servers?.trimEnd().split('\n')).toEqual(
      [1, 2, 3, 4, 5].map(
        (id) =>
          `server.${String(id)}=zookeeper-${String(id - 1)}.zookeeper-headless.kafka-lab.svc.cluster.local:2888:3888:participant;0.0.0.0:2181`,
      ),
    );
  });

  it('leaves it to ZooKeeper who votes, and gives no vote to an empty disk', () => {
    const config = findObject(build(), 'ConfigMap', 'zookeeper-config').data?.['zoo.cfg'] ?? '';
    expect(config).not.toMatch(/^server\.|^clientPort/m);
    for (const line of ['reconfigEnabled=true', 'standaloneEnabled=false', 'db.autocreate=false'])
      expect(config.split('\n')).toContain(line);
    expect(config).toContain('dataDir=/data/zookeeper\n');
    expect(config).toContain('quorumListenOnAllIPs=true\n');
  });

  it('starts all servers at once, findable before they are ready, and ready only in a quorum', () => {
    const objects = build();
    expect(findObject(objects, 'Service', 'zookeeper-headless').spec).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
    expect(findObject(objects, 'StatefulSet', 'zookeeper').spec).toMatchObject({
      replicas: 3,
      podManagementPolicy: 'Parallel',
      template: {
        spec: {
          containers: [
            {
              readinessProbe: { exec: { command: ['sh', '/etc/kafka-lab/is-serving.sh', '2181'] } },
              livenessProbe: { exec: { command: ['sh', '/etc/kafka-lab/is-alive.sh', '2181'] } },
            },
          ],
        },
      },
    });
    expect(findObject(objects, 'PodDisruptionBudget', 'zookeeper').spec).toMatchObject({ maxUnavailable: 1 });
  });

  it('does not look for a pod at the address that it had before', () => {
    const objects = build();
    expect(findObject(objects, 'ConfigMap', 'zookeeper-config').data?.['java.security']).toBe(renderSecurityConfig());
    const args: unknown = expect.arrayContaining(['-Djava.security.properties=/etc/kafka-lab/java.security']);
    expect(findObject(objects, 'StatefulSet', 'zookeeper').spec).toMatchObject({
      template: { spec: { containers: [{ args }] } },
    });
  });

  it('keeps to its zones evenly when zones are given', () => {
    expect(findObject(build({ zones: ['a', 'b', 'c'] }), 'StatefulSet', 'zookeeper').spec).toMatchObject({
      template: {
        spec: {
          topologySpreadConstraints: [
            { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
            { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
          ],
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ operator: 'In', values: ['a', 'b', 'c'] }] }],
              },
            },
          },
        },
      },
    });
  });

  it('gives the brokers the address of every server', () => {
    const chart = new ZooKeeperChart(Testing.app(), 'zookeeper', { namespace: 'elsewhere' });
    expect(chart.serverAddresses).toEqual([
      'zookeeper-0.zookeeper-headless.elsewhere.svc.cluster.local:2181',
      'zookeeper-1.zookeeper-headless.elsewhere.svc.cluster.local:2181',
      'zookeeper-2.zookeeper-headless.elsewhere.svc.cluster.local:2181',
    ]);
  });

  it.each<{ problem: string; props: ZooKeeperChartProps; message: RegExp }>([
    {
      problem: 'an even ensemble',
      props: { servers: 4 },
      message: /^zookeeper: an ensemble of 4 servers survives the loss of 1, as one of 3 does/,
    },
    { problem: 'an empty ensemble', props: { servers: 0 }, message: /^zookeeper: an ensemble has 1 to 255.*not 0$/ },
    { problem: 'too many ids', props: { servers: 257 }, message: /^zookeeper: an ensemble has 1 to 255.*not 257$/ },
    {
      problem: 'a heap above the limit',
      props: { heapMiB: 200 },
      message: /^zookeeper: a heap of 200 MiB and 96 MiB beside it do not fit the memory limit of 256 MiB$/,
    },
    {
      problem: 'a zone named twice',
      props: { zones: ['a', 'b', 'a'] },
      message: /^zookeeper: zone a is named twice in a, b, a$/,
    },
    { problem: 'no zone', props: { zones: ['zone a'] }, message: /^zookeeper: zone "zone a" is no label value$/ },
    { problem: 'no namespace', props: { namespace: 'A' }, message: /^zookeeper: namespace "A" is no DNS label$/ },
  ])('refuses $problem', ({ props, message }) => {
    expect(() => build(props)).toThrow(message);
  });

  it('matches its snapshot', () => {
    expect(withoutScripts(build())).toMatchSnapshot();
  });
});
