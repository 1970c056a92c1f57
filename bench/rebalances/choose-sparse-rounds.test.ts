import { describe, expect, it } from '@jest/globals';
import { chooseSparseRounds } from './choose-sparse-rounds.ts';

describe('chooseSparseRounds', () => {
  it('spreads a third of the rounds, and three at least', () => {
    expect([...chooseSparseRounds(10)]).toEqual([0, 2, 5, 7]);
    expect([...chooseSparseRounds(6)]).toEqual([0, 2, 4]);
    expect([...chooseSparseRounds(2)]).toEqual([0, 1]);
  });
});
