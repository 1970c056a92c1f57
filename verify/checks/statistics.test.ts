import { describe, expect, it } from '@jest/globals';
import { median, quantile, summarize, Tally } from './statistics.ts';

describe('statistics', () => {
  it('takes the nearest rank, whatever the order, as a tally does', () => {
    expect(quantile([10, 0], 0.95)).toBe(10);
    expect(quantile([3, 1, 2], 0)).toBe(1);
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect([0.5, 0.95, 0.99, 1].map((share) => quantile(values, share))).toEqual([100, 190, 198, 200]);
    expect(summarize([7])).toEqual([7, 7, 7]);
  });

  it('has a median between the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([7])).toBe(7);
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
