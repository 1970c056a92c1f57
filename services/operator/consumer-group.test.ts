import { describe, expect, it } from '@jest/globals';
import { consumerGroupSchema } from './consumer-group.ts';
import { buildConsumerGroup } from './testing/operator-fixture.ts';

const LAST = { generation: 4, time: '2026-11-24T10:00:00.000Z', cause: 'rolled', message: 'rolled', moved: 2 };

describe('consumerGroupSchema', () => {
  it('takes an object without a status, and a spec without what has a default', () => {
    const { metadata } = buildConsumerGroup();
    const spec = { groupId: 'app', topic: 'app', deployment: 'consumer' };
    expect(consumerGroupSchema.parse({ metadata, spec })).toEqual({
      metadata,
      spec: { ...spec, idleFirstScaleDown: true },
    });
  });

  it.each([
    { what: 'no spec', object: { ...buildConsumerGroup(), spec: undefined } },
    { what: 'an empty group', object: buildConsumerGroup({ spec: { groupId: '' } }) },
    { what: 'no deployment', object: buildConsumerGroup({ spec: { deployment: undefined as unknown as string } }) },
  ])('refuses an object with $what', ({ object }) => {
    expect(consumerGroupSchema.safeParse(object).success).toBe(false);
  });

  it('goes on from a status that it has written', () => {
    const condition = {
      type: 'Balanced',
      status: 'True',
      reason: 'SharedEvenly',
      message: '',
      observedGeneration: 1,
      lastTransitionTime: '2026-11-24T10:00:00Z',
    };
    const status = { conditions: [condition], lastRebalance: LAST };
    expect(consumerGroupSchema.parse({ ...buildConsumerGroup(), status }).status).toEqual(status);
  });

  it.each([
    { what: 'nothing', status: null },
    { what: 'a text', status: 'fine' },
    { what: 'conditions of another shape', status: { conditions: { Balanced: true }, lastRebalance: LAST } },
    { what: 'a rebalance that is null', status: { lastRebalance: null } },
    { what: 'a cause of a later version', status: { lastRebalance: { ...LAST, cause: 'bewitched' } } },
  ])('does not stumble over a status that is $what', ({ status }) => {
    expect(consumerGroupSchema.safeParse({ ...buildConsumerGroup(), status }).success).toBe(true);
  });

  it('takes a pause that is null for none', () => {
    const status = { lastRebalance: { ...LAST, longestPauseMilliseconds: null } };
    expect(consumerGroupSchema.parse({ ...buildConsumerGroup(), status }).status?.lastRebalance).toEqual(LAST);
  });
});
