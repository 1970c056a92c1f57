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

  it('matches its snapshot', () => {
    expect(build()).toMatchSnapshot();
  });
});
