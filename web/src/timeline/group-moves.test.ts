import { describe, expect, it } from '@jest/globals';
import { groupMoves } from './group-moves.ts';

describe('groupMoves', () => {
  it('puts together what went the same way', () => {
    const moves = [
      { partition: 5, from: 'consumer-1', to: 'consumer-4' },
      { partition: 2, from: null, to: 'consumer-4' },
      { partition: 3, from: 'consumer-1', to: 'consumer-4' },
    ];

    expect(groupMoves(moves)).toEqual([
      { from: null, to: 'consumer-4', partitions: [2] },
      { from: 'consumer-1', to: 'consumer-4', partitions: [3, 5] },
    ]);
  });
});
