import { describe, expect, it } from '@jest/globals';
import { NamespaceChart } from './namespace-chart.ts';
import { synthesize } from './testing/synthesize.ts';

describe('NamespaceChart', () => {
  it('makes the namespace of the lab, marked as its own, in which only restricted pods may run', () => {
    const [namespace] = synthesize((app) => new NamespaceChart(app, 'namespace'));
    expect(namespace?.metadata).toMatchObject({
      name: 'kafka-lab',
      labels: { 'app.kubernetes.io/part-of': 'kafka-lab', 'pod-security.kubernetes.io/enforce': 'restricted' },
    });
    expect(namespace?.metadata).not.toHaveProperty('namespace');
  });

  it('refuses a name that cannot be part of a host name', () => {
    expect(() => synthesize((app) => new NamespaceChart(app, 'namespace', { namespace: 'my.lab' }))).toThrow(
      /^namespace: namespace "my.lab" is no DNS label$/,
    );
  });

  it('matches its snapshot', () => {
    expect(synthesize((app) => new NamespaceChart(app, 'namespace'))).toMatchSnapshot();
  });
});
