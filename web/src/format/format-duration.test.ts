import { describe, expect, it } from '@jest/globals';
import { formatAge, formatCountdown, formatDuration } from './format-duration.ts';

describe('formatDuration', () => {
  it.each([
    { durationMs: 12.4, text: '12 ms' },
    { durationMs: 1240, text: '1.2 s' },
    { durationMs: 83_000, text: '1 min 23 s' },
    { durationMs: 3_599_900, text: '59 min 59 s' },
    { durationMs: 28_830_000, text: '8 h 0 min' },
  ])('writes $durationMs ms as $text', ({ durationMs, text }) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe('formatAge', () => {
  it.each([
    { ageMs: -400, text: 'just now' },
    { ageMs: 1900, text: 'just now' },
    { ageMs: 59_900, text: '59 s ago' },
    { ageMs: 60_000, text: '1 min ago' },
    { ageMs: 7_300_000, text: '2 h ago' },
  ])('writes $ageMs ms as $text', ({ ageMs, text }) => {
    expect(formatAge(ageMs)).toBe(text);
  });
});

describe('formatCountdown', () => {
  it.each([
    { leftMs: 2001, text: 'in 3 s' },
    { leftMs: 1, text: 'in 1 s' },
    { leftMs: 0, text: 'any moment now' },
  ])('writes $leftMs ms as $text', ({ leftMs, text }) => {
    expect(formatCountdown(leftMs)).toBe(text);
  });
});
