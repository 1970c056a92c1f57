import { describe, expect, it } from '@jest/globals';
import { countLeastMoves, countMoves, sumMoves, type Owners } from './moves.ts';

/** Owners written as one letter a partition; a dot has none. */
function owners(letters: string): Owners {
  return new Map(
    Array.from(letters).flatMap((owner, partition) => (owner === '.' ? [] : [[partition, owner] as const])),
  );
}

describe('countMoves', () => {
  it('counts partitions with another owner, and those that had none', () => {
    expect(countMoves(owners('aabb'), owners('abba'))).toBe(2);
    expect(countMoves(owners('aab.'), owners('aabb'))).toBe(1);
    expect(countMoves(owners('aabb'), owners('aabb'))).toBe(0);
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

describe('sumMoves', () => {
  it('adds up the steps, each from where the one before it ended', () => {
    const sum = sumMoves({
      before: owners('aabb'),
      steps: [
        // One is enough when a third joins; this assignor moves two.
        { owners: owners('acbc'), members: ['a', 'b', 'c'] },
        { owners: owners('cccc'), members: ['c'] },
      ],
      partitions: 4,
    });
    expect(sum).toEqual({ moved: 4, least: 3 });
  });

  it('counts a partition once that has no owner between its old and its new one', () => {
    const sum = sumMoves({
      before: owners('aaabbb'),
      steps: [
        { owners: owners('aa.bb.'), members: ['a', 'b', 'c'] },
        { owners: owners('aacbbc'), members: ['a', 'b', 'c'] },
      ],
      partitions: 6,
    });
    expect(sum).toEqual({ moved: 2, least: 2 });
  });

  it('counts nothing for a partition that is given back to whom it was taken from', () => {
    const sum = sumMoves({
      before: owners('aabb'),
      steps: [
        { owners: owners('a.bb'), members: ['a', 'b', 'c'] },
        { owners: owners('aabb'), members: ['a', 'b'] },
      ],
      partitions: 4,
    });
    expect(sum).toEqual({ moved: 0, least: 0 });
  });
});
