import { describe, expect, it } from '@jest/globals';
import { measureDip } from './throughput-dip.ts';
import type { Processing } from './trace.ts';

/** A record every 10 ms, stored from 0 to 5 s. */
const STORED_AT = Array.from({ length: 500 }, (_, index) => index * 10);
const WINDOW = { from: 1500, to: 4500 };

/** Each record is processed once, when told. */
function process(when: (storedAt: number, offset: number) => number | undefined): Processing[] {
  return STORED_AT.flatMap((storedAt, offset) => {
    const at = when(storedAt, offset);
    return at === undefined ? [] : [{ at, partition: 0, offset, replica: 'a' }];
  });
}

describe('measureDip', () => {
  it('is nothing while all that is stored is processed', () => {
    expect(
      measureDip(
        process((at) => at),
        STORED_AT,
        WINDOW,
      ),
    ).toBe(0);
  });

  it('is the share of a second for which everything stopped, though it is made up for later', () => {
    const stopped = process((at) => (at >= 2000 && at < 2300 ? 2300 : at));
    expect(measureDip(stopped, STORED_AT, WINDOW)).toBeCloseTo(30);
  });

  it('is the share of what stopped for a second or longer', () => {
    const quarter = process((at, offset) => (offset % 4 === 0 && at >= 2000 && at < 4000 ? 4000 : at));
    expect(measureDip(quarter, STORED_AT, WINDOW)).toBeCloseTo(25);
    expect(
      measureDip(
        process((at) => (at >= 2000 ? undefined : at)),
        STORED_AT,
        WINDOW,
      ),
    ).toBe(100);
  });

  it('is not hidden by records that are processed once more', () => {
    const stopped = process((at) => (at >= 2000 && at < 2300 ? 2300 : at));
    const again = stopped.filter(({ at }) => at < 2000).map((one, index) => ({ ...one, at: 2000 + index }));
    expect(measureDip([...stopped, ...again], STORED_AT, WINDOW)).toBeCloseTo(30);
  });

  it('does not count what was not stored either', () => {
    const isPaused = (at: number): boolean => at >= 2000 && at < 2300;
    const storedAt = STORED_AT.filter((at) => !isPaused(at));
    expect(
      measureDip(
        process((at) => (isPaused(at) ? undefined : at)),
        storedAt,
        WINDOW,
      ),
    ).toBe(0);
  });

  it('looks at the window only', () => {
    const early = process((at) => (at < 400 ? 400 : at));
    expect(measureDip(early, STORED_AT, WINDOW)).toBe(0);
  });
});
