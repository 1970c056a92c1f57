import type { LabHistory, LabSnapshot } from '../../../lib/contracts/lab-snapshot.ts';

export type HistorySample = LabHistory['samples'][number];

/** The last minutes in samples of about one second, oldest first. */
export interface HistoryRing {
  readonly samples: readonly HistorySample[];
  /** Takes what the server remembers, and keeps what came here later than that. */
  fill(past: readonly HistorySample[]): void;
  /** Takes a snapshot if the last sample is old enough; tells whether it did. */
  append(snapshot: LabSnapshot): boolean;
  clear(): void;
}

export const HISTORY_SPAN_MS = 180_000;
/** A little less than a second, so that a snapshot that comes early by its timer's jitter still counts. */
const SAMPLE_EVERY_MS = 950;

export function createHistoryRing(spanMs = HISTORY_SPAN_MS): HistoryRing {
  let samples: readonly HistorySample[] = [];
  const keep = (all: readonly HistorySample[]): void => {
    const newest = all.at(-1)?.at ?? 0;
    samples = all.filter(({ at }) => at > newest - spanMs);
  };

  return {
    get samples() {
      return samples;
    },
    fill: (past) => {
      const until = past.at(-1)?.at ?? -Infinity;
      keep([...past, ...samples.filter(({ at }) => at > until)]);
    },
    append: (snapshot) => {
      const last = samples.at(-1)?.at ?? -Infinity;
      // A server whose clock was put back, or another server: what was before is not comparable.
      if (snapshot.at < last - SAMPLE_EVERY_MS) samples = [];
      else if (snapshot.at - last < SAMPLE_EVERY_MS) return false;
      keep([...samples, toSample(snapshot)]);
      return true;
    },
    clear: () => {
      samples = [];
    },
  };
}

function toSample({ at, group }: LabSnapshot): HistorySample {
  const partitionLags: (number | undefined)[] = [];
  for (const { partition, lag } of group.partitions) partitionLags[partition] = lag;
  return {
    at,
    lag: group.lag,
    producedPerSecond: group.producedPerSecond,
    consumedPerSecond: group.consumedPerSecond,
    members: group.members.length + group.membersLeftOut,
    partitionLags: Array.from(partitionLags, (lag) => lag ?? 0),
  };
}
