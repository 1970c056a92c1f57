import { describe, expect, it } from '@jest/globals';
import { findSilences, measureRecovery, splitAtSilence, type Span } from './silences.ts';

const HOLD_MS = 3000;
const WINDOW = { from: 10_000, to: 30_000 };

/** Something goes on every tenth of a second. */
function steady(start: number, end: number): Span[] {
  return Array.from({ length: (end - start) / 100 }, (_, index) => {
    const at = start + index * 100;
    return { start: at, end: at + 90 };
  });
}

describe('findSilences', () => {
  it('finds what lies between spans, whatever their order and however they overlap', () => {
    const spans = [
      { start: 14_000, end: 15_000 },
      { start: 11_000, end: 13_000 },
      { start: 12_000, end: 12_500 },
      { start: 15_000, end: 30_000 },
    ];
    expect(findSilences(spans, WINDOW)).toEqual([
      { start: 10_000, end: 11_000 },
      { start: 13_000, end: 14_000 },
    ]);
  });

  it('looks at the window only', () => {
    const spans = [
      { start: 1000, end: 12_000 },
      { start: 28_000, end: 40_000 },
      { start: 50_000, end: 60_000 },
    ];
    expect(findSilences(spans, WINDOW)).toEqual([{ start: 12_000, end: 28_000 }]);
  });

  it('takes a window without anything for one silence', () => {
    expect(findSilences([], WINDOW)).toEqual([{ start: 10_000, end: 30_000 }]);
  });
});

describe('measureRecovery', () => {
  it('is over when something goes on again for more than a moment, not at the first sign of life', () => {
    const spans = [...steady(9000, 10_200), ...steady(16_000, 17_000), ...steady(20_000, 31_000)];
    expect(measureRecovery(spans, WINDOW, HOLD_MS)).toEqual({
      longestMs: 5810,
      recoveredMs: 10_000,
      longestLaterMs: 10,
    });
  });

  it('tells a stall after it apart', () => {
    const spans = [...steady(9000, 10_200), ...steady(16_000, 25_000), ...steady(27_000, 31_000)];
    expect(measureRecovery(spans, WINDOW, HOLD_MS)).toEqual({
      longestMs: 5810,
      recoveredMs: 6000,
      longestLaterMs: 2010,
    });
  });

  it('is at once when nothing stalls', () => {
    const spans = steady(9000, 31_000);
    expect(measureRecovery(spans, WINDOW, HOLD_MS)).toEqual({ longestMs: 10, recoveredMs: 0, longestLaterMs: 10 });
  });

  it('has no end when the silence has none, whenever that began', () => {
    expect(measureRecovery(steady(9000, 10_500), WINDOW, HOLD_MS)).toMatchObject({ recoveredMs: undefined });
    expect(measureRecovery(steady(9000, 20_000), WINDOW, HOLD_MS)).toMatchObject({ recoveredMs: undefined });
  });

  it('does not take a stall for one without end that began at the very end', () => {
    expect(measureRecovery(steady(9000, 28_000), WINDOW, HOLD_MS)).toMatchObject({ recoveredMs: 0 });
  });
});

describe('splitAtSilence', () => {
  it('takes a long run with few records for a silence between its ends', () => {
    expect(splitAtSilence({ start: 0, end: 7000, records: 90 }, 100)).toEqual([
      { start: 0, end: 0 },
      { start: 7000, end: 7000 },
    ]);
  });

  it('leaves a run as it is that is short, or as full as under steady load', () => {
    expect(splitAtSilence({ start: 0, end: 2000, records: 2 }, 100)).toEqual([{ start: 0, end: 2000 }]);
    expect(splitAtSilence({ start: 0, end: 7000, records: 500 }, 100)).toEqual([{ start: 0, end: 7000 }]);
  });
});
