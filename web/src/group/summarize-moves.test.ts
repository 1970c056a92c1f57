import { describe, expect, it } from '@jest/globals';
import { summarizeMoves } from './summarize-moves.ts';

const before = new Map<number, string | null>([
  [0, 'consumer-1'],
  [3, 'consumer-1'],
  [4, null],
]);

describe('summarizeMoves', () => {
  it.each([
    { name: 'says nothing when all owners are the same', after: [[0, 'consumer-1']] as const, expected: undefined },
    {
      name: 'names one partition, its owner before and its owner now',
      after: [[3, 'consumer-4']] as const,
      expected: 'partition 3 moved from consumer-1 to consumer-4',
    },
    {
      name: 'counts the others',
      after: [
        [4, 'consumer-2'],
        [3, 'consumer-4'],
        [0, 'consumer-4'],
      ] as const,
      expected: 'partition 0 moved from consumer-1 to consumer-4; 2 more moved',
    },
    {
      name: 'tells of a partition that nobody owns now',
      after: [[0, null]] as const,
      expected: 'partition 0 has no owner any more; it was with consumer-1',
    },
    {
      name: 'tells of a partition that nobody owned',
      after: [[4, 'consumer-2']] as const,
      expected: 'partition 4 went to consumer-2',
    },
    { name: 'does not call a new partition moved', after: [[9, 'consumer-2']] as const, expected: undefined },
  ])('$name', ({ after, expected }) => {
    expect(summarizeMoves(before, new Map<number, string | null>(after))).toBe(expected);
  });
});
