import { describe, expect, it } from '@jest/globals';
import { formatAmount, formatCount, formatRate } from './format-number.ts';

describe('formatCount', () => {
  it.each([
    { count: 0, text: '0' },
    { count: 12_345, text: '12,345' },
    { count: 1_250_000, text: '1.3M' },
  ])('writes $count as $text', ({ count, text }) => {
    expect(formatCount(count)).toBe(text);
  });
});

describe('formatRate', () => {
  it.each([
    { rate: 0, text: '0' },
    { rate: 4.26, text: '4.3' },
    { rate: 199.6, text: '200' },
  ])('writes $rate as $text', ({ rate, text }) => {
    expect(formatRate(rate)).toBe(text);
  });
});

describe('formatAmount', () => {
  it('uses the singular for one only', () => {
    expect([0, 1, 2].map((count) => formatAmount(count, 'partition'))).toEqual([
      '0 partitions',
      '1 partition',
      '2 partitions',
    ]);
  });
});
