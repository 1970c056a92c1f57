import { describe, expect, it } from '@jest/globals';
import { median, quantile, summarize } from './statistics.ts';

describe('statistics', () => {
  it('interpolates between values, whatever their order', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(quantile([10, 0], 0.95)).toBe(9.5);
    expect(summarize([7])).toEqual([7, 7, 7]);
  });

  it('has no number for nothing', () => {
    expect(median([])).toBeNaN();
  });
});
