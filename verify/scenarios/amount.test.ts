import { describe, expect, it } from '@jest/globals';
import { drawAmount, parseAmount } from './amount.ts';
import { createRandom } from './random.ts';

const draw = (written: unknown, seed = 1): number => {
  const amount = parseAmount(written);
  if (amount === undefined) throw new RangeError(`no amount: ${String(written)}`);
  return drawAmount(amount, 6, createRandom(seed));
};

describe('amounts', () => {
  it.each([
    { written: 3, drawn: 3 },
    { written: 'partitions', drawn: 6 },
    { written: 'partitions + 1', drawn: 7 },
    { written: 'partitions - 9', drawn: 0 },
  ])('come to $drawn when it is $written', ({ written, drawn }) => {
    expect(draw(written)).toBe(drawn);
  });

  it('of a range are drawn by the seed, both ends included', () => {
    const drawn = Array.from({ length: 60 }, (_, seed) => draw('1 to 4', seed));
    expect(new Set(drawn)).toEqual(new Set([1, 2, 3, 4]));
    expect(draw('2 to partitions', 7)).toBe(draw('2 to partitions', 7));
  });

  it.each(['8 to 2', 'two', '1 to', '-1', '101 to 102', null, {}])('are not %p', (written) => {
    expect(parseAmount(written)).toBeUndefined();
  });
});
