import { describe, expect, it } from '@jest/globals';
import { BackOff, pause } from './back-off.ts';

describe('BackOff', () => {
  it('doubles the pause up to the longest, and begins anew after a success', () => {
    const backOff = new BackOff({ firstMs: 250, longestMs: 1500 });
    expect([1, 2, 3, 4, 5].map(() => backOff.next())).toEqual([250, 500, 1000, 1500, 1500]);
    backOff.reset();
    expect([backOff.next(), backOff.next()]).toEqual([250, 500]);
  });
});

describe('pause', () => {
  it('lasts as long as it says', async () => {
    const startedAt = performance.now();
    await pause(20, new AbortController().signal);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(18);
  });

  it('ends with the signal, also when that aborted before, and does not fail', async () => {
    const ending = new AbortController();
    const paused = pause(60_000, ending.signal);
    ending.abort();
    await expect(paused).resolves.toBeUndefined();
    await expect(pause(60_000, ending.signal)).resolves.toBeUndefined();
  });
});
