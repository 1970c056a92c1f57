import { describe, expect, it } from '@jest/globals';
import { ConsumerChart, type ConsumerChartProps } from './consumer-chart.ts';
import { findObject, synthesize } from './testing/synthesize.ts';

function build(props: ConsumerChartProps = {}) {
  return synthesize((app) => new ConsumerChart(app, 'consumer', props));
}

describe('ConsumerChart', () => {
  it('leaves the number of replicas to the user, and selects by a name that never changes', () => {
    const { spec } = findObject(build(), 'Deployment', 'consumer');
    expect(spec).not.toHaveProperty('replicas');
    expect(spec).toMatchObject({ selector: { matchLabels: { 'app.kubernetes.io/name': 'consumer' } } });
  });

  it('tells each replica who it is, and slows it down when asked to', () => {
    const env = [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'PROCESSING_DELAY_MS', value: '50' },
    ];
    expect(findObject(build({ processingDelayMs: 50 }), 'Deployment', 'consumer').spec).toMatchObject({
      template: { spec: { containers: [{ env: expect.arrayContaining(env) as unknown }] } },
    });
  });

  it('lets a replica run in a crowded zone rather than nowhere', () => {
    expect(findObject(build({ zones: ['a', 'b'] }), 'Deployment', 'consumer').spec).toMatchObject({
      template: {
        spec: {
          topologySpreadConstraints: [{ whenUnsatisfiable: 'ScheduleAnyway' }, { whenUnsatisfiable: 'ScheduleAnyway' }],
        },
      },
    });
  });

  it('refuses a zone named twice', () => {
    expect(() => build({ zones: ['a', 'a'] })).toThrow(/^consumer: zone a is named twice in a, a$/);
  });

  describe('of static members', () => {
    const objects = build({ static: true, processingDelayMs: 50, zones: ['a', 'b'] });
    const { spec } = findObject(objects, 'StatefulSet', 'consumer');
    const readContainer = (of: unknown) =>
      (of as { template: { spec: { containers: [{ env: readonly object[] }] } } }).template.spec.containers[0];

    it('tells each replica that its name is its identity in the group', () => {
      const env = readContainer(spec).env as readonly { readonly name: string }[];
      expect(env).toContainEqual({ name: 'GROUP_INSTANCE_ID', value: '$(POD_NAME)' });
      // Kubernetes puts in what stands before.
      const names = env.map(({ name }) => name);
      expect(names.indexOf('POD_NAME')).toBeLessThan(names.indexOf('GROUP_INSTANCE_ID'));
      expect(names).toContain('POD_NAME');
    });

    it('is a StatefulSet instead of the Deployment, whose pods have a Service and start together', () => {
      expect(objects.filter(({ kind }) => kind === 'Deployment')).toEqual([]);
      expect(spec).toMatchObject({ serviceName: 'consumer-headless', podManagementPolicy: 'Parallel' });
      expect(spec).toMatchObject({ updateStrategy: { type: 'RollingUpdate' } });
      expect(findObject(objects, 'Service', 'consumer-headless').spec).toMatchObject({
        clusterIP: 'None',
        selector: { 'app.kubernetes.io/name': 'consumer' },
      });
    });

    it('is in everything else as the Deployment', () => {
      const others = build({ processingDelayMs: 50, zones: ['a', 'b'] });
      const { strategy, ...expected } = findObject(others, 'Deployment', 'consumer').spec as Record<string, unknown>;
      const { serviceName, podManagementPolicy, updateStrategy, ...actual } = structuredClone(spec) as Record<
        string,
        unknown
      >;
      expect([strategy, serviceName, podManagementPolicy, updateStrategy]).not.toContain(undefined);
      const container = readContainer(actual);
      container.env = container.env.filter(
        (variable) => !('name' in variable && variable.name === 'GROUP_INSTANCE_ID'),
      );
      expect(actual).toEqual(expected);
      const isShared = ({ kind, metadata }: { kind: string; metadata: { name: string } }): boolean =>
        !['Deployment', 'StatefulSet'].includes(kind) && metadata.name !== 'consumer-headless';
      expect(objects.filter(isShared)).toEqual(others.filter(isShared));
    });
  });

  it('matches its snapshot', () => {
    expect(build()).toMatchSnapshot();
  });
});
