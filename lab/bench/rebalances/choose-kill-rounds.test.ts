import { describe, expect, it } from '@jest/globals';
import { chooseKillRounds } from './choose-kill-rounds.ts';

describe('chooseKillRounds', () => {
  it('spreads a third of the rounds, and three at least', () => {
    expect([...chooseKillRounds(10)]).toEqual([0, 2, 5, 7]);
    expect([...chooseKillRounds(6)]).toEqual([0, 2, 4]);
    expect([...chooseKillRounds(2)]).toEqual([0, 1]);
  });
});
