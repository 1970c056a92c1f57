import { describe, expect, it } from '@jest/globals';
import { KafdropChart } from './kafdrop-chart.ts';
import { findObject, synthesize } from './testing/synthesize.ts';

function build() {
  return synthesize((app) => new KafdropChart(app, 'kafdrop'));
}

describe('KafdropChart', () => {
  it('closes what Kafdrop leaves open: changing topics, other origins, and the actuator', () => {
    const env = [
      { name: 'TOPIC_DELETEENABLED', value: 'false' },
      { name: 'TOPIC_CREATEENABLED', value: 'false' },
      { name: 'CORS_ENABLED', value: 'false' },
      { name: 'MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE', value: 'health' },
    ];
    expect(findObject(build(), 'Deployment', 'kafdrop').spec).toMatchObject({
      template: { spec: { containers: [{ env: expect.arrayContaining(env) as unknown }] } },
    });
  });

  it('matches its snapshot', () => {
    expect(build()).toMatchSnapshot();
  });
});
