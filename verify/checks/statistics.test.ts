import { describe, expect, it } from '@jest/globals';
import { median, quantile, summarize, Tally } from './statistics.ts';

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

describe('Tally', () => {
  it('takes the nearest rank, whatever the order', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(Tally.of(values).measurePercentiles()).toEqual({ count: 200, median: 100, p95: 190, p99: 198, max: 200 });
  });

  it('names only values that were measured', () => {
    expect(Tally.of([7, 1]).measurePercentiles()).toEqual({ count: 2, median: 1, p95: 7, p99: 7, max: 7 });
    expect(Tally.of([7]).measurePercentiles()).toEqual({ count: 1, median: 7, p95: 7, p99: 7, max: 7 });
  });

  it('has nothing to say about nothing', () => {
    expect(Tally.of([]).measurePercentiles()).toBeUndefined();
  });
});
