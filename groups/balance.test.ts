import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countLeastMoves, countSpare, findMoves, measureBalance, type Owners } from './balance.ts';

/** Owners written as one letter a partition; a dot has none. */
function owners(letters: string): Owners {
  return new Map(
    Array.from(letters).flatMap((owner, partition) => (owner === '.' ? [] : [[partition, owner] as const])),
  );
}

/** What each member owns, by partition numbers. */
const share = (...owned: readonly number[][]) => owned.map((partitions) => ({ partitions }));

describe('measureBalance', () => {
  it('is balanced when each partition has one owner and shares differ by one at most', () => {
    expect(measureBalance(share([0, 3], [1], [2]), [0, 1, 2, 3])).toEqual({
      ...{ most: 2, least: 1, idle: 0, spare: 0 },
      ...{ unowned: [], contested: [], absent: [], absentCount: 0 },
      ...{ isEven: true, isBalanced: true },
    });
  });

  it('is balanced with idle members beyond one for each partition', () => {
    expect(measureBalance(share([0], [1], []), [0, 1])).toMatchObject({ idle: 1, spare: 1, isBalanced: true });
  });

  it.each([
    { what: 'shares differ by two', owned: [[0, 1, 2], [3]], fact: { isEven: false } },
    { what: 'a partition has no owner', owned: [[0], [2]], fact: { unowned: [1, 3] } },
    {
      what: 'a partition has two owners',
      owned: [
        [0, 1, 2],
        [2, 3],
      ],
      fact: { contested: [2] },
    },
    {
      what: 'a partition is owned that does not exist',
      owned: [
        [0, 1],
        [2, 3, 9],
      ],
      fact: { absent: [9] },
    },
    { what: 'there is no member', owned: [], fact: { unowned: [0, 1, 2, 3] } },
  ])('is not balanced when $what', ({ owned, fact }) => {
    expect(measureBalance(share(...owned), [0, 1, 2, 3])).toMatchObject({ ...fact, isBalanced: false });
  });

  it('is not balanced by an assignment of an older topic, nor without a topic', () => {
    const older = [{ partitions: [0, 1], absentPartitions: 2 }];
    expect(measureBalance(older, [0, 1])).toMatchObject({ absentCount: 2, isEven: true, isBalanced: false });
    expect(measureBalance(share([]), []).isBalanced).toBe(false);
  });

  it('is balanced exactly when every partition is dealt out once and evenly', () => {
    const dealt = fc.record({ members: fc.integer({ min: 1, max: 9 }), partitions: fc.integer({ min: 1, max: 30 }) });
    fc.assert(
      fc.property(dealt, fc.nat(), ({ members, partitions }, place) => {
        const all = [...new Array(partitions).keys()];
        const even = Array.from({ length: members }, (_, member) => ({
          partitions: all.filter((partition) => partition % members === member),
        }));
        const balance = measureBalance(even, all);
        expect(balance.isBalanced).toBe(true);
        expect(balance.idle).toBe(countSpare(members, partitions));
        // Whoever loses one of it leaves it without an owner.
        const lost = place % partitions;
        const without = even.map((one) => ({ partitions: one.partitions.filter((partition) => partition !== lost) }));
        expect(measureBalance(without, all)).toMatchObject({ unowned: [lost], isBalanced: false });
        // Whoever gets another one as well owns it beside its owner.
        const twice = even.with(place % members, { partitions: all });
        const others = all.filter((partition) => partition % members !== place % members);
        expect(measureBalance(twice, all)).toMatchObject({ contested: others, isBalanced: others.length === 0 });
      }),
    );
  });
});

describe('findMoves', () => {
  it('finds partitions with another owner, and those that had none', () => {
    expect(findMoves(owners('aabb'), owners('abba'))).toHaveLength(2);
    expect(findMoves(owners('aab.'), owners('aabb'))).toEqual([{ partition: 3, from: null, to: 'b' }]);
    expect(findMoves(owners('aabb'), owners('aabb'))).toEqual([]);
  });
});

describe('countLeastMoves', () => {
  it.each([
    { what: 'a third member takes a third', before: 'aaaaaabbbbbb', members: ['a', 'b', 'c'], least: 4 },
    { what: 'what a member leaves behind is shared out', before: 'aaaabbbbcccc', members: ['a', 'b'], least: 4 },
    { what: 'nothing moves when nothing changes', before: 'aaaabbbbcccc', members: ['a', 'b', 'c'], least: 0 },
    { what: 'all move when all members are new', before: 'aaaabbbbcccc', members: ['d', 'e', 'f'], least: 12 },
    { what: 'the larger share stays with who has more', before: 'aabbb', members: ['a', 'b'], least: 0 },
    { what: 'too much of one is given away', before: 'aaaaab', members: ['a', 'b'], least: 2 },
    { what: 'beyond the partitions members stay idle', before: 'ab', members: ['a', 'b', 'c'], least: 0 },
    { what: 'what nobody owned moves to somebody', before: 'aa..', members: ['a', 'b'], least: 2 },
  ])('$what', ({ before, members, least }) => {
    expect(countLeastMoves(owners(before), members, before.length)).toBe(least);
  });
});

describe('countLeastMoves and findMoves', () => {
  it('agree: an assignment that is balanced moves at least as many', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c', '.'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(letters, fc.nat(), (before, turn) => {
        const after = before.map((_, partition) => 'abc'[(partition + turn) % 3] ?? 'a').join('');
        const moved = findMoves(owners(before.join('')), owners(after)).length;
        expect(moved).toBeGreaterThanOrEqual(countLeastMoves(owners(before.join('')), ['a', 'b', 'c'], before.length));
      }),
    );
  });
});
