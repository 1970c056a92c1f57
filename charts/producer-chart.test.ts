import { describe, expect, it } from '@jest/globals';
import { ProducerChart } from './producer-chart.ts';
import { findObject, synthesize } from './testing/synthesize.ts';

function build() {
  return synthesize((app) => new ProducerChart(app, 'producer'));
}

describe('ProducerChart', () => {
  it('leaves the number of replicas to the user, and replaces a single one without a gap', () => {
    const { spec } = findObject(build(), 'Deployment', 'producer');
    expect(spec).not.toHaveProperty('replicas');
    expect(spec).toMatchObject({ strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } });
  });

  it('matches its snapshot', () => {
    expect(build()).toMatchSnapshot();
  });
});
