import { describe, expect, it } from '@jest/globals';
import { buildGroup, buildLabPod } from '../../live/testing/lab-fixture.ts';
import { decideDeletionCosts, decideReleases } from './decide-deletion-costs.ts';

const GROUP = buildGroup({ a: [0, 1], b: [2], c: [] });

describe('decideDeletionCosts', () => {
  it('makes each pod cost as many as it owns partitions, and leaves alone what counts as 0 already', () => {
    expect(decideDeletionCosts(GROUP, new Map())).toEqual([
      { pod: 'a', cost: 2 },
      { pod: 'b', cost: 1 },
    ]);
  });

  it('wants nothing but changes', () => {
    expect(decideDeletionCosts(GROUP, new Map(Object.entries({ a: 2, b: 1 })))).toEqual([]);
    expect(decideDeletionCosts(GROUP, new Map(Object.entries({ a: 1, b: 1, c: 0 })))).toEqual([{ pod: 'a', cost: 2 }]);
  });

  it('sets a pod to 0 that has lost its partitions', () => {
    expect(decideDeletionCosts(GROUP, new Map(Object.entries({ a: 2, b: 1, c: 3 })))).toEqual([{ pod: 'c', cost: 0 }]);
  });

  it.each(['PreparingRebalance', 'CompletingRebalance', 'Empty', 'Dead', 'Unknown'])(
    'waits while the group is %s',
    (state) => {
      expect(decideDeletionCosts({ ...GROUP, state }, new Map())).toEqual([]);
    },
  );

  it('leaves alone pods that end, and those that have not joined', () => {
    const pods = [
      buildLabPod('ending', { phase: 'terminating', partitions: [0] }),
      buildLabPod('joining', { memberId: null }),
      buildLabPod('unready', { phase: 'unready', partitions: [1] }),
    ];
    const costs = new Map(Object.entries({ ending: 5, joining: 5 }));
    expect(decideDeletionCosts({ ...GROUP, pods }, costs)).toEqual([{ pod: 'unready', cost: 1 }]);
  });

  it('asks nothing of pods that are not there', () => {
    expect(decideDeletionCosts(GROUP, new Map(Object.entries({ a: 2, b: 1, gone: 4 })))).toEqual([]);
  });
});

describe('decideReleases', () => {
  it('takes back every cost that there is, also one of 0', () => {
    expect(decideReleases(new Map(Object.entries({ a: 2, b: 0 })))).toEqual([
      { pod: 'a', cost: undefined },
      { pod: 'b', cost: undefined },
    ]);
    expect(decideReleases(new Map())).toEqual([]);
  });
});
