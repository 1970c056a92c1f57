import type { SavedRun, SavedSample, SavedSampleSpan } from '../../lib/contracts/saved-run.ts';

/*
 * A run of hours has more seconds than a page has pixels. Seconds are joined to spans, which say their means and their
 * extremes, so that nothing that stuck out is lost; around what happened each second stays.
 */

/** A run with no more seconds than these stays as it is: half an hour does. */
export const MOST_SAMPLES = 2000;

/** How far around a moment seconds stay: less with many moments, so that there is room for each. */
const REACHES = [
  { before: 5, after: 25 },
  { before: 3, after: 10 },
  { before: 1, after: 4 },
] as const;

/**
 * @param samples one a second, oldest first
 * @param run what happened, around which seconds stay
 */
export function downsampleSamples(
  samples: readonly SavedSample[],
  run: Pick<SavedRun, 'steps' | 'faults' | 'rebalances' | 'pauses'>,
  most = MOST_SAMPLES,
): SavedSample[] {
  const [first] = samples;
  if (first === undefined || samples.length <= most) return [...samples];
  const indexOf = (at: number): number => Math.min(samples.length - 1, Math.max(0, Math.ceil((at - first.at) / 1000)));
  const cuts = cutAround(listMoments(run).map(indexOf), { length: samples.length, most: Math.floor(most / 2) });
  // What is left of the room is spread evenly.
  const spans = most - cuts.size;
  for (let span = 1; span < spans; span += 1) cuts.add(Math.round((span / spans) * samples.length));
  const starts = [0, ...[...cuts].sort((a, b) => a - b)];
  return starts.map((start, index) => joinSamples(samples.slice(start, starts[index + 1])));
}

/** Times, what somebody looks for first: what failed, waited longest, was not meant, was broken; then all else. */
function listMoments({ steps, faults, rebalances, pauses }: Parameters<typeof downsampleSamples>[1]): number[] {
  const begun = steps.filter(({ outcome }) => outcome !== 'pending');
  return [
    ...begun.filter(({ outcome }) => outcome === 'failed').map(({ startedAt }) => startedAt),
    ...pauses.toSorted((a, b) => b.to - b.from - (a.to - a.from)).flatMap(({ from, to }) => [from, to]),
    ...rebalances.filter(({ isUnplanned }) => isUnplanned).map(({ at }) => at),
    ...faults.filter(({ kind }) => kind === 'inject').map(({ at }) => at),
    ...begun.map(({ startedAt }) => startedAt),
    ...rebalances.map(({ at }) => at),
    ...faults.map(({ at }) => at),
  ];
}

interface Room {
  /** How many samples there are. */
  readonly length: number;
  /** How many cuts there may be. */
  readonly most: number;
}

/** Where spans begin so that seconds around the moments are each one: around all, or around the first that have room. */
function cutAround(moments: readonly number[], room: Room): Set<number> {
  let cuts = new Set<number>();
  for (const { before, after } of REACHES) {
    cuts = new Set();
    let isEach = true;
    for (const moment of moments) {
      const wanted = listCuts(moment - before, moment + after, room.length).filter((cut) => !cuts.has(cut));
      if (cuts.size + wanted.length > room.most) isEach = false;
      else for (const cut of wanted) cuts.add(cut);
    }
    if (isEach) break;
  }
  return cuts;
}

function listCuts(from: number, to: number, length: number): number[] {
  const [start, end] = [Math.max(1, from), Math.min(length - 1, to + 1)];
  return Array.from({ length: Math.max(0, end - start + 1) }, (_, index) => start + index);
}

function joinSamples(samples: readonly SavedSample[]): SavedSample {
  const last = samples.at(-1);
  if (last === undefined) throw new RangeError('a span has at least one sample');
  if (samples.length === 1) return last;
  const busy = samples.flatMap((sample) => sample.busy ?? []);
  return {
    ...last,
    producedPerSecond: meanOf(samples.map(({ producedPerSecond }) => producedPerSecond)),
    processedPerSecond: meanOf(samples.map(({ processedPerSecond }) => processedPerSecond)),
    busy: busy.length === 0 ? null : meanOf(busy),
    span: describeSpan(samples),
  };
}

function describeSpan(samples: readonly SavedSample[]): SavedSampleSpan {
  const produced = samples.map(({ producedPerSecond }) => producedPerSecond);
  const processed = samples.map(({ processedPerSecond }) => processedPerSecond);
  const members = samples.map((sample) => sample.members);
  return {
    ms: samples.length * 1000,
    mostLag: Math.max(...samples.map(({ lag }) => lag)),
    leastProducedPerSecond: Math.min(...produced),
    mostProducedPerSecond: Math.max(...produced),
    leastProcessedPerSecond: Math.min(...processed),
    mostProcessedPerSecond: Math.max(...processed),
    leastMembers: Math.min(...members),
    mostMembers: Math.max(...members),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
