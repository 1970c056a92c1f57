import { describe, expect, it } from '@jest/globals';
import { TopicTrack } from './topic-track.ts';

const partition = (number: number, logEndOffset: number, committedOffset: number) => ({
  partition: number,
  owner: 'consumer-1',
  committedOffset,
  logEndOffset,
  lag: logEndOffset - committedOffset,
});

function take(track: TopicTrack, at: number, ...partitions: ReturnType<typeof partition>[]): void {
  track.observe({ partitions, lag: partitions.reduce((sum, { lag }) => sum + lag, 0) }, at);
}

describe('TopicTrack', () => {
  it('tells the rates of each partition', () => {
    const track = new TopicTrack();
    take(track, 0, partition(0, 0, 0), partition(1, 0, 0));
    take(track, 2000, partition(0, 200, 100), partition(1, 20, 20));
    expect(track.describe([partition(0, 200, 100), partition(1, 20, 20)])).toMatchObject([
      { partition: 0, lag: 100, producedPerSecond: 100, consumedPerSecond: 50 },
      { partition: 1, lag: 0, producedPerSecond: 10, consumedPerSecond: 10 },
    ]);
  });

  it('forgets a partition that the topic has no more', () => {
    const track = new TopicTrack();
    take(track, 0, partition(0, 0, 0), partition(1, 0, 0));
    take(track, 2000, partition(0, 200, 0), partition(1, 200, 0));
    expect(track.isBusySince(1, 2000)).toBe(true);
    take(track, 3000, partition(0, 300, 0));
    expect(track.isBusySince(1, 3000)).toBe(false);
    expect(track.findStuck(4000).map(({ partition: stuck }) => stuck)).toEqual([0]);
  });

  it('calls a group falling behind when its whole lag grows by more than a share of what arrives', () => {
    const track = new TopicTrack();
    take(track, 0, partition(0, 0, 0), partition(1, 0, 0));
    take(track, 2000, partition(0, 200, 180), partition(1, 200, 200));
    expect(track.isFallingBehind(200)).toBe(false);
    expect(track.isFallingBehind(50)).toBe(true);
  });
});
