import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { second } from './testing/group-fixture.ts';
import { createRateMeter, type RateMeterOptions } from './rate-meter.ts';

function measure(readings: readonly (readonly [seconds: number, value: number])[], options?: RateMeterOptions): number {
  const meter = createRateMeter(options);
  for (const [seconds, value] of readings) meter.take(second(seconds), value);
  return meter.perSecond();
}

describe('RateMeter', () => {
  it('says nothing before two readings are about a second apart', () => {
    expect(measure([])).toBe(0);
    expect(measure([[0, 500]])).toBe(0);
    expect(
      measure([
        [0, 0],
        [0.8, 80],
      ]),
    ).toBe(0);
    expect(
      measure([
        [0, 0],
        [1, 100],
      ]),
    ).toBe(100);
  });

  it('measures the last five seconds, however irregular the readings are', () => {
    const steady = [0, 0.1, 0.4, 1.7, 1.71, 1.72, 4, 4.9, 8, 8.05].map((at) => [at, at * 30] as const);
    expect(measure(steady)).toBeCloseTo(30);
    const stopped = Array.from({ length: 21 }, (_, at) => [at, Math.min(at, 10) * 100] as const);
    expect(measure(stopped)).toBe(0);
    expect(measure(stopped.slice(0, 14))).toBeGreaterThan(0);
  });

  it('takes a gap for what it was on the average, and forgets it', () => {
    expect(
      measure([
        [0, 0],
        [60, 600],
      ]),
    ).toBe(10);
    expect(measure([[0, 0], [60, 600], ...[61, 62, 63, 64, 65, 66].map((at) => [at, at * 100 - 5400] as const)])).toBe(
      100,
    );
  });

  it('begins anew when the number or the clock goes back', () => {
    expect(
      measure([
        [0, 1000],
        [1, 2000],
        [2, 0],
      ]),
    ).toBe(0);
    expect(
      measure([
        [0, 1000],
        [1, 2000],
        [2, 0],
        [3, 50],
      ]),
    ).toBe(50);
    expect(
      measure([
        [100, 0],
        [101, 10],
        [1, 20],
      ]),
    ).toBe(0);
    expect(
      measure([
        [100, 0],
        [101, 10],
        [1, 20],
        [2, 27],
      ]),
    ).toBe(7);
  });

  it('lets a number fall that may, over the time that it was told', () => {
    const sawtooth = Array.from({ length: 41 }, (_, step) => [step / 2, step % 2 === 0 ? 0 : 500] as const);
    // At most one tooth in ten seconds.
    expect(Math.abs(measure(sawtooth, { mayFall: true, windowMs: 10_000 }))).toBeLessThanOrEqual(50);
    expect(
      measure(
        Array.from({ length: 15 }, (_, at) => [at, -at * 20] as const),
        { mayFall: true },
      ),
    ).toBe(-20);
  });

  it('is never negative, endless or no number, and keeps few readings', () => {
    const reading = fc.tuple(fc.integer({ min: -1000, max: 100_000 }), fc.nat());
    fc.assert(
      fc.property(fc.array(reading), (readings) => {
        const meter = createRateMeter();
        for (const [at, value] of readings) meter.take(at, value);
        expect(meter.perSecond()).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(meter.perSecond())).toBe(true);
      }),
    );
  });
});
