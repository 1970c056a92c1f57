import { describe, expect, it } from '@jest/globals';
import { decideFreshness, estimateServerTime } from './staleness.ts';

describe('decideFreshness', () => {
  it.each([
    { name: 'waits for the first snapshot', lastEventAt: null, now: 9000, expected: { kind: 'waiting' } },
    { name: 'is live just before three seconds', lastEventAt: 1000, now: 3999, expected: { kind: 'live' } },
    {
      name: 'is stale after three seconds, and says for how long',
      lastEventAt: 1000,
      now: 5900,
      expected: { kind: 'stale', silentSeconds: 4 },
    },
  ])('$name', ({ lastEventAt, now, expected }) => {
    expect(decideFreshness(lastEventAt, now)).toEqual(expected);
  });
});

describe('estimateServerTime', () => {
  it('goes on from the last snapshot by the time that passed here', () => {
    expect(estimateServerTime(1_000_000, 200, 1700)).toBe(1_001_500);
  });

  it('never goes back behind the last snapshot', () => {
    expect(estimateServerTime(1_000_000, 200, 150)).toBe(1_000_000);
  });
});
