import { describe, expect, it } from '@jest/globals';
import { choosePartition } from './group-history.ts';

describe('choosePartition', () => {
  it('follows the hash code of Java strings', () => {
    // "app".hashCode() is 96801, "polygenelubricants".hashCode() is Integer.MIN_VALUE.
    expect(choosePartition('app', 50)).toBe(96_801 % 50);
    expect(choosePartition('polygenelubricants', 50)).toBe(0);
    // Negative ones: "consumers".hashCode() is -421004483, "orders".hashCode() is -1008770331.
    expect(choosePartition('consumers', 50)).toBe(33);
    expect(choosePartition('orders', 50)).toBe(31);
    expect(choosePartition('app', 0)).toBe(0);
  });
});
