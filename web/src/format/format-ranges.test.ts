import { describe, expect, it } from '@jest/globals';
import { formatRanges } from './format-ranges.ts';

describe('formatRanges', () => {
  it.each([
    { numbers: [], text: '' },
    { numbers: [7], text: '7' },
    { numbers: [5, 1, 0, 2], text: '0–2, 5' },
    { numbers: [3, 4, 9, 10, 11], text: '3, 4, 9–11' },
  ])('writes $numbers as "$text"', ({ numbers, text }) => {
    expect(formatRanges(numbers)).toBe(text);
  });
});
