import { describe, expect, it } from '@jest/globals';
import { dropFirst, fitSlope } from './slope.ts';

const line = (slope: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ x: index / 60, y: 100 + slope * (index / 60) }));

describe('fitSlope', () => {
  it('finds the slope of a line, of a flat one as well', () => {
    expect(fitSlope(line(3.5, 600))).toBeCloseTo(3.5, 9);
    expect(fitSlope(line(0, 10))).toBe(0);
    expect(fitSlope(line(-2, 10))).toBeCloseTo(-2, 9);
  });

  it('is not led astray by a saw tooth around a flat line', () => {
    const tooth = line(0, 600).map(({ x, y }, index) => ({ x, y: y + (index % 10) }));
    expect(Math.abs(fitSlope(tooth))).toBeLessThan(0.05);
  });

  it('follows the points, not their order', () => {
    expect(fitSlope([...line(1, 20)].reverse())).toBeCloseTo(1, 9);
  });

  it('has no slope for one point, or for none', () => {
    expect(fitSlope([{ x: 1, y: 1 }])).toBeNaN();
    expect(fitSlope([])).toBeNaN();
  });
});

describe('dropFirst', () => {
  it('leaves out the first share of the range, in which a process warms up', () => {
    const points = [0, 1, 2, 3, 4, 5, 6].map((x) => ({ x, y: 0 }));
    expect(dropFirst(points, 1 / 3).map(({ x }) => x)).toEqual([2, 3, 4, 5, 6]);
    expect(dropFirst([], 1 / 3)).toEqual([]);
  });
});
