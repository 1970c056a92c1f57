import type { GroupSnapshot, LabHistory } from '../lib/contracts/lab-snapshot.ts';

type Sample = LabHistory['samples'][number];

/** The last minutes of a group in samples of one second. Bounded. */
export interface LagHistory {
  take(at: number, group: GroupSnapshot): void;
  list(): readonly Sample[];
}

const KEEP_MS = 180_000;
const STEP_MS = 1000;
/** What all samples together may hold, in numbers: a thousand partitions get a shorter history. */
const KEEP_NUMBERS = 200_000;

/** Begins empty. `take` may be called as often as one likes: it keeps one sample a second. */
export function createLagHistory(): LagHistory {
  const samples: Sample[] = [];
  return {
    take(at, group) {
      // A clock that was put back: what it had counted already is counted again.
      while ((samples.at(-1)?.at ?? at) >= at + STEP_MS) samples.pop();
      const last = samples.at(-1);
      if (last !== undefined && at - last.at < STEP_MS) return;
      samples.push({
        at,
        lag: group.lag,
        producedPerSecond: group.producedPerSecond,
        consumedPerSecond: group.consumedPerSecond,
        members: group.members.length,
        partitionLags: group.partitions.map(({ lag }) => lag),
      });
      const keep = Math.max(10, Math.floor(KEEP_NUMBERS / Math.max(1, group.partitions.length)));
      while (samples.length > keep || (samples[0]?.at ?? at) < at - KEEP_MS) samples.shift();
    },
    list: () => samples,
  };
}
