import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GrowingColumn } from './growing-column.ts';

describe('GrowingColumn', () => {
  it('has no row beyond 32 bits', () => {
    for (const row of [-1, 2 ** 32, NaN]) expect(() => new GrowingColumn().set(row, 1)).toThrow(RangeError);
  });

  it('gives back whatever numbers it was given last, and 0 for rows that it was given none for', () => {
    const row = fc.oneof(fc.nat({ max: 70_000 }), fc.nat({ max: 20 }));
    const value = fc.oneof(
      fc.nat({ max: 300 }),
      fc.nat({ max: 70_000 }),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.constantFrom(NaN, -0.5, 2 ** 31, 2 ** 63, -Infinity),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(row, value), { maxLength: 60 }), (sets) => {
        const column = new GrowingColumn();
        const expected = new Map<number, number>();
        for (const [at, number] of sets) {
          column.set(at, number);
          expected.set(at, number);
        }
        for (const [at, number] of expected) expect(column.get(at)).toBe(number);
        for (const none of [140_000, 2 ** 32, NaN, Infinity]) expect(column.get(none)).toBe(0);
      }),
    );
  });
});
