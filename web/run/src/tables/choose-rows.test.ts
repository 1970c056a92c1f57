import { describe, expect, it } from '@jest/globals';
import { chooseRows } from './choose-rows.ts';

const isOdd = (row: number): boolean => row % 2 === 1;

describe('chooseRows', () => {
  it('has all of a short list', () => {
    expect(chooseRows([1, 2, 3], isOdd, 3)).toEqual([1, 2, 3]);
  });

  it('has of a long one what is notable and then the first, in the order of the list', () => {
    expect(chooseRows([2, 4, 6, 8, 9, 10, 11], isOdd, 4)).toEqual([2, 4, 9, 11]);
  });

  it('has the first of what is notable when there is too much of it', () => {
    expect(chooseRows([2, 3, 5, 7, 9], isOdd, 3)).toEqual([3, 5, 7]);
  });
});
