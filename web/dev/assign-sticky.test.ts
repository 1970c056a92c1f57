import { describe, expect, it } from '@jest/globals';
import { assignSticky } from './assign-sticky.ts';

const sharesOf = (assignment: ReadonlyMap<number, string>): number[] =>
  [...Map.groupBy(assignment.values(), (name) => name).values()].map((owned) => owned.length).toSorted();

describe('assignSticky', () => {
  it.each([
    { partitions: 6, names: ['a', 'b', 'c', 'd'], shares: [1, 1, 2, 2] },
    { partitions: 2, names: ['a', 'b', 'c'], shares: [1, 1] },
  ])('shares $partitions partitions among $names evenly', ({ partitions, names, shares }) => {
    expect(sharesOf(assignSticky(partitions, names, new Map()))).toEqual(shares);
  });

  it('moves no more than the newcomer gets', () => {
    const before = assignSticky(6, ['a', 'b'], new Map());

    const after = assignSticky(6, ['a', 'b', 'c'], before);

    expect([...after].filter(([partition, name]) => before.get(partition) !== name).map(([, name]) => name)).toEqual([
      'c',
      'c',
    ]);
  });
});
