import type { SavedFault, SavedPause, SavedRebalance, SavedStep } from '../../../../lib/contracts/saved-run.ts';
import type { ReplicaLook } from './replica-looks.ts';
import type { Mark, Span, TimelineModel } from './timeline-model.ts';

/** What was so at one time of a run. */
export interface Moment {
  readonly at: number;
  readonly step: SavedStep | null;
  /** The rebalance that began the generation which held then. */
  readonly rebalance: Mark<SavedRebalance> | null;
  readonly owners: readonly { readonly owner: ReplicaLook; readonly partitions: readonly number[] }[];
  readonly unowned: readonly number[];
  readonly pauses: readonly Span<SavedPause>[];
  readonly sample: MomentSample | null;
  /** Faults within reach of the time, nearest first. */
  readonly faults: readonly Mark<SavedFault>[];
}

/** What the sample says that the time lies in. */
export interface MomentSample {
  /** Of more than a second, rates are means, and lag and members are those at its end. */
  readonly spanMs: number;
  readonly lag: number;
  readonly mostLag: number;
  readonly produced: number;
  readonly processed: number;
  readonly members: number;
  readonly busy: number | null;
}

/** Samples are begun at any part of a second: this long after one it still tells of a time. */
const SAMPLE_HOLDS_MS = 3000;

/** @param reachMs how near a fault must be to be told */
export function findMoment(model: TimelineModel, at: number, reachMs: number): Moment {
  const owned = new Map<ReplicaLook, number[]>(model.replicas.map((replica) => [replica, []]));
  const unowned: number[] = [];
  for (const [partition, bars] of model.bars.entries()) {
    const owner = findCovering(bars, at)?.owner;
    if (owner === undefined) unowned.push(partition);
    else owned.get(owner)?.push(partition);
  }
  return {
    at,
    step: findCovering(model.steps, at)?.of ?? null,
    rebalance: model.rebalances[findLastIndexBefore(model.rebalances, at, ({ at: of }) => of)] ?? null,
    owners: [...owned]
      .filter(([, partitions]) => partitions.length > 0)
      .map(([owner, partitions]) => ({ owner, partitions })),
    unowned,
    pauses: model.pauses.flatMap((pauses) => pauses.filter(({ from, to }) => from <= at && at < to)),
    sample: findSample(model, at),
    faults: model.faults
      .filter((fault) => Math.abs(fault.at - at) <= reachMs)
      .sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at)),
  };
}

/** The span that holds at a time, of spans in order that do not overlap. */
export function findCovering<Of extends { readonly from: number; readonly to: number }>(
  spans: readonly Of[],
  at: number,
): Of | undefined {
  const span = spans[findLastIndexBefore(spans, at, ({ from }) => from)];
  return span !== undefined && at < span.to ? span : undefined;
}

/** Index of the last that is at or before a time; −1 when all are later. */
export function findLastIndexBefore<Of>(all: readonly Of[], at: number, timeOf: (one: Of) => number): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = all[middle];
    if (one !== undefined && timeOf(one) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function findSample({ samples }: TimelineModel, at: number): MomentSample | null {
  const last = findLastIndexBefore(samples.at, at, (of) => of);
  // The span that the time lies in is told at its end.
  const index = (samples.from[last + 1] ?? Infinity) < at ? last + 1 : last;
  const [from, to] = [samples.from[index], samples.at[index]];
  if (from === undefined || to === undefined || at - to > SAMPLE_HOLDS_MS) return null;
  return {
    spanMs: to - from,
    lag: samples.lag.values[index] ?? 0,
    mostLag: samples.lag.most[index] ?? 0,
    produced: samples.produced.values[index] ?? 0,
    processed: samples.processed.values[index] ?? 0,
    members: samples.members.values[index] ?? 0,
    busy: samples.busy[index] ?? null,
  };
}

/** Times at which something happened, each once, in order: where a key goes next. */
export function findMarks({ steps, faults, rebalances }: TimelineModel): readonly number[] {
  const times = [...steps.map(({ from }) => from), ...faults.map(({ at }) => at), ...rebalances.map(({ at }) => at)];
  return [...new Set(times)].sort((a, b) => a - b);
}
