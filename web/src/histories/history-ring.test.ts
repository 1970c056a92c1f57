import { describe, expect, it } from '@jest/globals';
import type { LabSnapshot } from '../../../lib/contracts/lab-snapshot.ts';
import { buildGroup, buildPartition } from '../testing/group-fixture.ts';
import { createHistoryRing, type HistorySample } from './history-ring.ts';

const sampleAt = (at: number, lag = 0): HistorySample => ({
  at,
  lag,
  producedPerSecond: 0,
  consumedPerSecond: 0,
  members: 1,
  partitionLags: [lag],
});

const snapshotAt = (at: number, lag = 0): LabSnapshot =>
  ({ at, group: buildGroup({ lag, partitions: [buildPartition(1, 'consumer-1', { lag })] }) }) as LabSnapshot;

describe('history ring', () => {
  it('takes a snapshot about once a second', () => {
    const ring = createHistoryRing();

    const taken = [10_000, 10_500, 10_980, 11_500].map((at) => ring.append(snapshotAt(at)));

    expect(taken).toEqual([true, false, true, false]);
    expect(ring.samples.map(({ at }) => at)).toEqual([10_000, 10_980]);
  });

  it('numbers lags by partition, and takes 0 for a partition that is missing', () => {
    const ring = createHistoryRing();

    ring.append(snapshotAt(10_000, 7));

    expect(ring.samples[0]?.partitionLags).toEqual([0, 7]);
  });

  it('forgets what is older than its span', () => {
    const ring = createHistoryRing(3000);

    for (let at = 1000; at <= 9000; at += 1000) ring.append(snapshotAt(at));

    expect(ring.samples.map(({ at }) => at)).toEqual([7000, 8000, 9000]);
  });

  it("takes the server's memory, and keeps what came here after it", () => {
    const ring = createHistoryRing();
    ring.append(snapshotAt(5000, 1));
    ring.append(snapshotAt(8000, 1));

    ring.fill([sampleAt(4000, 2), sampleAt(5000, 2), sampleAt(6000, 2)]);

    expect(ring.samples.map(({ at, lag }) => [at, lag])).toEqual([
      [4000, 2],
      [5000, 2],
      [6000, 2],
      [8000, 1],
    ]);
  });

  it('begins again when the clock of the server went back', () => {
    const ring = createHistoryRing();
    ring.append(snapshotAt(50_000));

    ring.append(snapshotAt(20_000));

    expect(ring.samples.map(({ at }) => at)).toEqual([20_000]);
  });
});
