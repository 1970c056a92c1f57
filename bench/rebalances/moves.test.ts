import { describe, expect, it } from '@jest/globals';
import type { Owners } from '../../groups/balance.ts';
import { sumMoves } from './moves.ts';

/** Owners written as one letter a partition; a dot has none. */
function owners(letters: string): Owners {
  return new Map(
    Array.from(letters).flatMap((owner, partition) => (owner === '.' ? [] : [[partition, owner] as const])),
  );
}

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
