import { describe, expect, it } from '@jest/globals';
import { chooseTarget, planKills } from './choose-target.ts';

describe('planKills', () => {
  it('spreads the coordinator kills over the run', () => {
    const plan = planKills(30, 1 / 3);
    expect(plan.filter((kind) => kind === 'coordinator')).toHaveLength(10);
    expect(plan.slice(0, 6)).toEqual([
      'other broker',
      'other broker',
      'coordinator',
      'other broker',
      'other broker',
      'coordinator',
    ]);
    expect(planKills(10, 1 / 2).filter((kind) => kind === 'coordinator')).toHaveLength(5);
  });
});

describe('chooseTarget', () => {
  it('takes the coordinator, whichever it is', () => {
    expect(chooseTarget('coordinator', 2, 3, 0)).toBe(2);
  });

  it('takes the others in turn and passes over the coordinator', () => {
    expect(chooseTarget('other broker', 2, 3, -1)).toBe(0);
    expect(chooseTarget('other broker', 1, 3, 0)).toBe(2);
    expect(chooseTarget('other broker', 0, 3, 2)).toBe(1);
  });
});
