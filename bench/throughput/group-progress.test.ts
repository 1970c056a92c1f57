import { describe, expect, it } from '@jest/globals';
import { countCommitted } from './group-progress.ts';

describe('countCommitted', () => {
  const ranges = [
    { partition: 0, start: 10, end: 20 },
    { partition: 1, start: 0, end: 5 },
  ];

  it('counts records before the committed offsets, and none where nothing was committed', () => {
    expect(countCommitted(ranges, new Map([[0, 14]]))).toBe(4);
    expect(countCommitted(ranges, new Map([[1, -1]]))).toBe(0);
  });

  it('counts no record outside of the ranges', () => {
    expect(
      countCommitted(
        ranges,
        new Map([
          [0, 3],
          [1, 9],
          [2, 100],
        ]),
      ),
    ).toBe(5);
  });
});
