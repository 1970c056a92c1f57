import { describe, expect, it } from '@jest/globals';
import { second } from './testing/group-fixture.ts';
import { createPartitionTrack, type PartitionTrack } from './partition-track.ts';

type Reading = readonly [end: number, committed: number | null];

/** Looks every half second at what stands there then. */
function follow(
  from: number,
  to: number,
  read: (seconds: number) => Reading,
  track = createPartitionTrack(),
): PartitionTrack {
  for (let at = from; at <= to; at += 0.5) {
    const [logEndOffset, committedOffset] = read(at);
    const lag = logEndOffset - (committedOffset ?? 0);
    track.observe({ partition: 0, owner: null, logEndOffset, committedOffset, lag }, second(at));
  }
  return track;
}

/** Commits every second what has arrived by then. */
const steady =
  (perSecond: number) =>
  (at: number): Reading => [Math.round(at * perSecond), Math.floor(at) * perSecond];

describe('PartitionTrack', () => {
  it('measures what arrives and what is committed', () => {
    const track = follow(0, 20, (at) => [at * 100, at * 40]);
    expect(track.producedPerSecond).toBe(100);
    expect(track.consumedPerSecond).toBe(40);
    expect(follow(0, 20, (at) => [at * 100, null]).consumedPerSecond).toBe(0);
  });

  it.each([
    { title: 'grows', read: (at: number): Reading => [1000 + at * 100, at * 40], trend: 'growing' },
    { title: 'is worked off', read: (at: number): Reading => [10_000, at * 500], trend: 'shrinking' },
    { title: 'differs by a few records', read: (at: number): Reading => [100 + (at % 2) * 4, 90], trend: 'steady' },
    { title: 'differs by a small share', read: (at: number): Reading => [100_000 + at * 100, 0], trend: 'steady' },
  ])('knows a lag that $title', ({ read, trend }) => {
    expect(follow(0, 10, read).trend).toBe(trend);
  });

  it.each([10, 100, 1000, 20_000])('takes the steps between commits for steady, at %i a second', (perSecond) => {
    const track = createPartitionTrack();
    for (let at = 0; at < 60; at += 0.4) {
      follow(at, at, steady(perSecond), track);
      expect(track.trend).toBe('steady');
    }
  });

  it('sees within a few seconds that nobody commits any more', () => {
    const track = follow(0, 10, steady(200));
    follow(10.5, 13, (at) => [at * 200, 2000], track);
    expect(track.trend).toBe('growing');
  });

  it('has no trend before it was looked at, nor just after the clock was put back', () => {
    expect(createPartitionTrack().trend).toBe('steady');
    const track = follow(3600, 3610, (at) => [(at - 3600) * 100, 0]);
    follow(0, 1, () => [1000, 995], track);
    expect(track.trend).toBe('steady');
    expect(track.stuckForMs(second(1))).toBe(0);
  });
});

describe('PartitionTrack, on commits that stand still', () => {
  it('counts from when something waited', () => {
    const track = follow(0, 300, () => [50, 50]);
    follow(300.5, 310, (at) => [50 + at, 50], track);
    expect(track.stuckForMs(second(310))).toBe(10_000);
  });

  it.each([1, 10, 1000])('never takes a steady consumer for stuck, at %i a second', (perSecond) => {
    const track = createPartitionTrack();
    for (let at = 0; at < 200; at += 0.5) {
      follow(at, at, steady(perSecond), track);
      expect(track.stuckForMs(second(at))).toBeLessThan(2000);
    }
  });

  it('sees that records arrive and none is committed', () => {
    expect(follow(0, 90, (at) => [100 + at, 100]).stuckForMs(second(90))).toBeGreaterThanOrEqual(89_000);
    expect(follow(0, 90, (at) => [100 + at, null]).stuckForMs(second(90))).toBeGreaterThanOrEqual(89_000);
  });

  it('says nothing of an old lag to which nothing is added', () => {
    expect(follow(0, 600, () => [100, 20]).stuckForMs(second(600))).toBe(0);
    const ended = follow(0, 600, (at) => [100 + Math.min(at, 60), 20]);
    expect(ended.stuckForMs(second(600))).toBe(0);
  });

  it('ends with the next commit, and with the last record', () => {
    const track = follow(0, 90, (at) => [100 + at, 100]);
    follow(90.5, 91, (at) => [100 + at, 150], track);
    expect(track.stuckForMs(second(91))).toBeLessThan(1000);
    follow(91.5, 92, (at) => [100 + at, 100 + at], track);
    expect(track.stuckForMs(second(92))).toBe(0);
  });
});

describe('PartitionTrack, on traffic', () => {
  it('knows since when records arrive', () => {
    expect(follow(0, 10, () => [500, 500]).busySince).toBeUndefined();
    expect(follow(0, 10, (at) => [Math.floor(at), 0]).busySince).toBeUndefined();
    const track = follow(0, 60, (at) => [Math.max(0, at - 30) * 100, 0]);
    expect(track.busySince).toBeGreaterThanOrEqual(second(30));
    expect(track.busySince).toBeLessThan(second(32));
    follow(60.5, 70, () => [3000, 0], track);
    expect(track.busySince).toBeUndefined();
  });
});
