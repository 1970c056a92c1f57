import { describe, expect, it } from '@jest/globals';
import { DELETION_COST_ANNOTATION, readDeletionCost } from './deletion-cost.ts';
import { buildPod } from './testing/pod-fixture.ts';

describe('readDeletionCost', () => {
  it.each([
    { text: '0', cost: 0 },
    { text: '6', cost: 6 },
    { text: '-100', cost: -100 },
    { text: '2147483647', cost: 2_147_483_647 },
  ])('reads $text', ({ text, cost }) => {
    expect(readDeletionCost(buildPod({ annotations: { [DELETION_COST_ANNOTATION]: text } }))).toBe(cost);
  });

  it.each(['', ' 1', '1.5', '1e3', '0x10', 'cheap', '--1', '12345678901'])('takes %j for none', (text) => {
    expect(readDeletionCost(buildPod({ annotations: { [DELETION_COST_ANNOTATION]: text } }))).toBeUndefined();
  });

  it('knows of none without the annotation, or any', () => {
    expect(readDeletionCost(buildPod({ annotations: { other: '1' } }))).toBeUndefined();
    expect(readDeletionCost(buildPod())).toBeUndefined();
  });
});
