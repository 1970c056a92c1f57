import { describe, expect, it } from '@jest/globals';
import { collect, describeRange, interleave, medianOf, medianRatio } from './rounds.ts';

const quiet = { signal: new AbortController().signal, tell: () => undefined };

describe('interleave', () => {
  it('measures each once a round, and begins each round with another', async () => {
    const order: string[] = [];
    const compared = ['a', 'b', 'c'].map((name) => ({
      name,
      measure: (round: number) => {
        order.push(name);
        return Promise.resolve(name === 'c' ? null : round);
      },
    }));
    const measured = await interleave(compared, 2, quiet);
    expect(order.join('')).toBe('abcbca');
    expect(collect(measured, 'a', (one) => one)).toEqual([0, 1]);
    expect(collect(measured, 'c', (one) => one)).toEqual([NaN, NaN]);
  });

  it('measures nothing more after an interruption', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    const measure = () => Promise.reject(new Error('must not be called'));
    await expect(interleave([{ name: 'a', measure }], 1, { ...quiet, signal })).rejects.toThrow('interrupted');
  });
});

describe('summaries of rounds', () => {
  it('leave out what was not measured', () => {
    expect(medianOf([NaN, 3, 1])).toBe(2);
    expect(medianOf([NaN])).toBeNaN();
  });

  it('compare within rounds, so that a slow moment of the machine counts for both', () => {
    expect(medianRatio([10, 100, 7], [5, 50, NaN])).toBe(2);
  });

  it('tell the range of several rounds only', () => {
    expect(describeRange([1234.5, 9, NaN])).toBe('9 to 1,235');
    expect(describeRange([0.25, 0.5], 2)).toBe('0.25 to 0.50');
    expect(describeRange([7])).toBeNull();
  });
});
