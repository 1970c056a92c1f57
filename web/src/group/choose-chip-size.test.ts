import { describe, expect, it } from '@jest/globals';
import { chooseChipSize } from './choose-chip-size.ts';

describe('chooseChipSize', () => {
  it.each([
    { partitions: 6, size: 'large' },
    { partitions: 60, size: 'full' },
    { partitions: 61, size: 'compact' },
    { partitions: 200, size: 'compact' },
    { partitions: 201, size: 'ranges' },
  ])('draws $partitions partitions as $size', ({ partitions, size }) => {
    expect(chooseChipSize(partitions)).toBe(size);
  });
});
