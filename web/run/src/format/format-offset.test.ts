import { describe, expect, it } from '@jest/globals';
import { formatOffset } from './format-offset.ts';

describe('formatOffset', () => {
  it.each([
    { offsetMs: 0, digits: 0, text: '0:00' },
    { offsetMs: 83_400, digits: 0, text: '1:23' },
    { offsetMs: 59_960, digits: 1, text: '1:00.0' },
    { offsetMs: 5_040, digits: 1, text: '0:05.0' },
    { offsetMs: 3_723_000, digits: 0, text: '1:02:03' },
    { offsetMs: -1500, digits: 1, text: '−0:01.5' },
    { offsetMs: 1234, digits: 3, text: '0:01.234' },
  ])('writes $offsetMs ms with $digits digits as $text', ({ offsetMs, digits, text }) => {
    expect(formatOffset(offsetMs, digits)).toBe(text);
  });
});
