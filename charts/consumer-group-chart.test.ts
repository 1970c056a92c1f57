import { describe, expect, it } from '@jest/globals';
import { ConsumerGroupChart, type ConsumerGroupChartProps } from './consumer-group-chart.ts';
import { findObject, synthesize } from './testing/synthesize.ts';

function build(props: ConsumerGroupChartProps = {}) {
  return synthesize((app) => new ConsumerGroupChart(app, 'consumer-group', props));
}

describe('ConsumerGroupChart', () => {
  it('watches the group of the lab', () => {
    expect(findObject(build(), 'ConsumerGroup', 'app')).toMatchObject({
      apiVersion: 'groups.kafka-lab.dev/v1alpha1',
      metadata: { namespace: 'kafka-lab' },
      spec: {
        groupId: 'app',
        topic: 'app',
        deployment: 'consumer',
        receiptsTopic: 'app.receipts',
        idleFirstScaleDown: true,
      },
    });
  });

  it('gives a group whose id is no name of an object another name', () => {
    const group = findObject(build({ groupId: 'My Group', name: 'my-group' }), 'ConsumerGroup', 'my-group');
    expect(group.spec).toMatchObject({ groupId: 'My Group' });
  });

  it.each<{ problem: string; props: ConsumerGroupChartProps; message: RegExp }>([
    {
      problem: 'a group id as a name',
      props: { groupId: 'My Group' },
      message: /^consumer-group: name "My Group" is no name of an object$/,
    },
    { problem: 'no topic', props: { topic: '..' }, message: /topic ".." is no name of a topic/ },
    { problem: 'no topic of receipts', props: { receiptsTopic: 'a b' }, message: /receiptsTopic "a b" is no name/ },
    { problem: 'no Deployment', props: { deployment: 'a_b' }, message: /deployment "a_b" is no name of an object/ },
    {
      problem: 'receipts in the topic itself',
      props: { topic: 'orders', receiptsTopic: 'orders' },
      message: /topic and receiptsTopic are both orders/,
    },
  ])('refuses $problem', ({ props, message }) => {
    expect(() => build(props)).toThrow(message);
  });

  it('matches its snapshot', () => {
    expect(build()).toMatchSnapshot();
  });
});
