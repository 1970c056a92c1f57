import type { GroupPartition } from '../contracts/group.ts';
import type { Partition } from '../contracts/lab-snapshot.ts';
import { createRateMeter } from './rate-meter.ts';

/** What becomes of one partition over time. */
export interface PartitionTrack {
  observe(partition: GroupPartition, at: number): void;
  readonly producedPerSecond: number;
  readonly consumedPerSecond: number;
  readonly trend: Partition['trend'];
  /** How long the committed offset has not moved though records arrived and wait, in milliseconds; 0 when all is well. */
  stuckForMs(now: number): number;
}

/** A lag that differs by less than these is steady. */
const STEADY_RECORDS = 10;
const STEADY_SHARE = 0.1;
const TREND_OVER_MS = 5000;

export function createPartitionTrack(): PartitionTrack {
  const produced = createRateMeter();
  const consumed = createRateMeter();
  let lags: { at: number; lag: number }[] = [];
  let committed: number | null | undefined;
  let committedSince = 0;
  let end: number | undefined;
  let endMovedAt = 0;
  let lag = 0;
  return {
    observe(partition, at) {
      produced.take(at, partition.logEndOffset);
      if (partition.committedOffset !== null) consumed.take(at, partition.committedOffset);
      if (partition.committedOffset !== committed) [committed, committedSince] = [partition.committedOffset, at];
      if (partition.logEndOffset !== end) [end, endMovedAt] = [partition.logEndOffset, at];
      // What was processed already is not stuck: the time begins when something waits.
      if (partition.lag === 0) committedSince = at;
      lag = partition.lag;
      if (at - (lags.at(-1)?.at ?? 0) >= 500) lags.push({ at, lag });
      lags = lags.filter((sample) => sample.at >= at - TREND_OVER_MS);
    },
    get producedPerSecond() {
      return produced.perSecond();
    },
    get consumedPerSecond() {
      return consumed.perSecond();
    },
    get trend() {
      const before = lags[0]?.lag ?? lag;
      const difference = lag - before;
      if (Math.abs(difference) <= Math.max(STEADY_RECORDS, before * STEADY_SHARE)) return 'steady';
      return difference > 0 ? 'growing' : 'shrinking';
    },
    stuckForMs(now) {
      const stoodStill = now - committedSince;
      return lag > 0 && endMovedAt > now - Math.max(stoodStill, 1) ? stoodStill : 0;
    },
  };
}
