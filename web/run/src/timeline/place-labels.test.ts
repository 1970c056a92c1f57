import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { placeLabels } from './place-labels.ts';

const SPACE = { left: 0, right: 200, rows: 2, gap: 5 };

describe('placeLabels', () => {
  it('puts a label on the right of its mark, and on the left at the end', () => {
    expect(placeLabels([{ x: 10, width: 50 }], SPACE)).toEqual([{ row: 0, x: 15 }]);
    expect(placeLabels([{ x: 180, width: 50 }], SPACE)).toEqual([{ row: 0, x: 125 }]);
  });

  it('takes the next row where the first is taken, and none when all are', () => {
    const crowded = [10, 12, 14].map((x) => ({ x, width: 50 }));
    expect(placeLabels(crowded, SPACE).map((place) => place?.row ?? null)).toEqual([0, 1, null]);
  });

  it('covers no label with another, wherever the marks are', () => {
    const wish = fc.record({ x: fc.integer({ min: 0, max: 200 }), width: fc.integer({ min: 1, max: 80 }) });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 12 }), (unsorted) => {
        const wishes = unsorted.toSorted((a, b) => a.x - b.x);
        const placed = placeLabels(wishes, SPACE).flatMap((place, index) =>
          place === null ? [] : [{ ...place, end: place.x + (wishes[index]?.width ?? 0) }],
        );
        return placed.every((one, index) =>
          placed.slice(index + 1).every(({ row, x, end }) => row !== one.row || x >= one.end || end <= one.x),
        );
      }),
    );
  });
});
