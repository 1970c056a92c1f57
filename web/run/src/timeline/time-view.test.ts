import { describe, expect, it } from '@jest/globals';
import { clampView, isWhole, panView, revealTime, viewAround, wholeView, zoomView } from './time-view.ts';

const SPAN = 100_000;

describe('zoomView', () => {
  it('keeps the time it is zoomed around in its place', () => {
    expect(zoomView({ from: 0, to: 100_000 }, SPAN, 2, 25_000)).toEqual({ from: 12_500, to: 62_500 });
  });

  it('shows no more than there is, and no less than half a second', () => {
    expect(zoomView({ from: 20_000, to: 60_000 }, SPAN, 0.01, 30_000)).toEqual(wholeView(SPAN));
    const near = zoomView({ from: 20_000, to: 21_000 }, SPAN, 1000, 20_400);
    expect(near.to - near.from).toBeCloseTo(500);
  });
});

describe('panView', () => {
  it('moves by a share of what is seen, and stops at both ends', () => {
    expect(panView({ from: 20_000, to: 40_000 }, SPAN, 0.5)).toEqual({ from: 30_000, to: 50_000 });
    expect(panView({ from: 20_000, to: 40_000 }, SPAN, -5)).toEqual({ from: 0, to: 20_000 });
    expect(panView({ from: 20_000, to: 40_000 }, SPAN, 50)).toEqual({ from: 80_000, to: 100_000 });
  });
});

describe('clampView', () => {
  it.each([
    { name: 'what fits stays', view: { from: 10, to: 5000 }, is: { from: 10, to: 5000 } },
    { name: 'what is too short grows on both sides', view: { from: 5000, to: 5100 }, is: { from: 4800, to: 5300 } },
    { name: 'what begins too early moves', view: { from: -1000, to: 1000 }, is: { from: 0, to: 2000 } },
    { name: 'what ends too late moves', view: { from: 99_000, to: 101_000 }, is: { from: 98_000, to: 100_000 } },
  ])('$name', ({ view, is }) => {
    expect(clampView(view, SPAN)).toEqual(is);
  });
});

describe('revealTime', () => {
  it('moves only when the time is not seen', () => {
    const view = { from: 20_000, to: 30_000 };
    expect(revealTime(view, SPAN, 25_000)).toBe(view);
    expect(revealTime(view, SPAN, 50_000)).toEqual({ from: 41_000, to: 51_000 });
    expect(revealTime(view, SPAN, 0)).toEqual({ from: 0, to: 10_000 });
  });
});

describe('viewAround', () => {
  it('leaves some room before and after', () => {
    expect(viewAround(20_000, 30_000, SPAN)).toEqual({ from: 19_200, to: 30_800 });
  });
});

describe('isWhole', () => {
  it('tells the whole from a part', () => {
    expect([wholeView(SPAN), { from: 1, to: SPAN }].map((view) => isWhole(view, SPAN))).toEqual([true, false]);
  });
});
