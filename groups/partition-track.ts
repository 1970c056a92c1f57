import type { GroupPartition } from '../lib/contracts/group.ts';
import type { Partition } from '../lib/contracts/lab-snapshot.ts';
import { createRateMeter } from './rate-meter.ts';

/** What becomes of one partition over time. */
export interface PartitionTrack {
  observe(partition: GroupPartition, at: number): void;
  readonly producedPerSecond: number;
  readonly consumedPerSecond: number;
  readonly trend: Partition['trend'];
  /** How long the committed offset has not moved though records wait and arrive, in milliseconds; 0 when all is well. */
  stuckForMs(now: number): number;
  /** Since when records arrive without a silence of their own, as far as was looked; nothing while few or none do. */
  readonly busySince: number | undefined;
}

/** A lag that differs by less than these is steady. */
const STEADY_RECORDS = 10;
const STEADY_SHARE = 0.1;
const TREND_OVER_MS = 5000;
/** Commits come in steps: less than what arrives in this time says nothing. */
const STEADY_MS = 1000;
/** Where nothing arrived for so long, nothing does. */
const ARRIVES_WITHIN_MS = 30_000;
/** A silence is a rebalance's only where records arrive more often than this, a second. */
const BUSY_PER_SECOND = 2;

/** A track of one partition that knows nothing yet; rates need two looks that are a second apart. */
export function createPartitionTrack(): PartitionTrack {
  const produced = createRateMeter();
  const consumed = createRateMeter();
  let lags: { at: number; lag: number }[] = [];
  let committed: number | null | undefined;
  let committedSince = 0;
  let end: number | undefined;
  let endMovedAt = 0;
  let busySince: number | undefined;
  let lag = 0;
  return {
    observe(partition, at) {
      produced.take(at, partition.logEndOffset);
      if (partition.committedOffset !== null) consumed.take(at, partition.committedOffset);
      if (partition.committedOffset !== committed) [committed, committedSince] = [partition.committedOffset, at];
      if (partition.logEndOffset !== end) [end, endMovedAt] = [partition.logEndOffset, at];
      // What was processed already is not stuck: the time begins when something waits.
      if (partition.lag === 0) committedSince = at;
      // A clock that was put back.
      [committedSince, endMovedAt] = [Math.min(committedSince, at), Math.min(endMovedAt, at)];
      busySince = produced.perSecond() < BUSY_PER_SECOND ? undefined : Math.min(busySince ?? at, at);
      lag = partition.lag;
      lags = lags.filter((sample) => sample.at >= at - TREND_OVER_MS && sample.at <= at);
      if (at - (lags.at(-1)?.at ?? -Infinity) >= 500) lags.push({ at, lag });
    },
    get busySince() {
      return busySince;
    },
    get producedPerSecond() {
      return produced.perSecond();
    },
    get consumedPerSecond() {
      return consumed.perSecond();
    },
    get trend() {
      const [first, last] = [lags[0], lags.at(-1)];
      if (first === undefined || last === undefined || last.at - first.at < STEADY_MS) return 'steady';
      const before = first.lag;
      const difference = lag - before;
      const step = (produced.perSecond() * STEADY_MS) / 1000;
      if (Math.abs(difference) <= Math.max(STEADY_RECORDS, before * STEADY_SHARE, step)) return 'steady';
      return difference > 0 ? 'growing' : 'shrinking';
    },
    stuckForMs(now) {
      const isArriving = endMovedAt > committedSince && now - endMovedAt < ARRIVES_WITHIN_MS;
      return lag > 0 && isArriving ? Math.max(0, now - committedSince) : 0;
    },
  };
}
