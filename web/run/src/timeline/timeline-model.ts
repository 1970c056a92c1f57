import type {
  SavedFault,
  SavedOwnership,
  SavedPause,
  SavedRebalance,
  SavedRun,
  SavedSample,
  SavedSampleSpan,
  SavedStep,
} from '../../../../lib/contracts/saved-run.ts';
import type { ReplicaLook } from './replica-looks.ts';

/** What is drawn and looked up. All times are milliseconds since the start of the run. */
export interface TimelineModel {
  readonly startedAt: number;
  readonly endMs: number;
  /** Replicas in the order of their first partition. */
  readonly replicas: readonly ReplicaLook[];
  /** By partition, in order of time; generations in which the owner stayed are one bar. */
  readonly bars: readonly (readonly Bar[])[];
  readonly pauses: readonly (readonly Span<SavedPause>[])[];
  readonly steps: readonly Span<SavedStep>[];
  readonly faults: readonly Mark<SavedFault>[];
  readonly rebalances: readonly Mark<SavedRebalance>[];
  readonly samples: SampleColumns;
}

export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly owner: ReplicaLook;
}

export interface Span<Of> {
  readonly from: number;
  readonly to: number;
  readonly of: Of;
}

export interface Mark<Of> {
  readonly at: number;
  readonly of: Of;
}

/** As columns, because curves are drawn from one of them. */
interface SampleColumns {
  /** Begin and end of the time that each tells of. */
  readonly from: readonly number[];
  readonly at: readonly number[];
  readonly lag: SampleColumn;
  readonly produced: SampleColumn;
  readonly processed: SampleColumn;
  readonly members: SampleColumn;
  readonly busy: readonly (number | null)[];
}

/** Values, and what the seconds of each span had at least and at most: the value itself where it is one second. */
interface SampleColumn {
  readonly values: readonly number[];
  readonly least: readonly number[];
  readonly most: readonly number[];
}

const SECOND_MS = 1000;

export function buildTimelineModel(run: SavedRun, looks: ReadonlyMap<string, ReplicaLook>): TimelineModel {
  const { startedAt } = run;
  const since = (at: number): number => at - startedAt;
  const endMs = Math.max(1000, since(run.endedAt));
  const rows = countRows(run);
  return {
    startedAt,
    endMs,
    replicas: run.replicas.flatMap((name) => looks.get(name) ?? []),
    bars: splitByPartition(run.ownership, rows).map((owned) => buildBars(owned, since, looks)),
    pauses: splitByPartition(run.pauses, rows).map((pauses) =>
      pauses
        .map((pause) => ({ from: since(pause.from), to: since(pause.to), of: pause }))
        .sort((a, b) => a.from - b.from),
    ),
    steps: run.steps
      .filter(({ outcome }) => outcome !== 'pending')
      .map((step) => ({
        from: since(step.startedAt),
        to: step.endedAt === null ? endMs : since(step.endedAt),
        of: step,
      })),
    faults: run.faults.map((fault) => ({ at: since(fault.at), of: fault })).sort((a, b) => a.at - b.at),
    rebalances: run.rebalances
      .map((rebalance) => ({ at: since(rebalance.at), of: rebalance }))
      .sort((a, b) => a.at - b.at),
    samples: buildColumns(run.samples, since),
  };
}

function buildColumns(samples: readonly SavedSample[], since: (at: number) => number): SampleColumns {
  /** @param extremesOf the least and the most of a span, whose value is given too */
  const column = (
    valueOf: (sample: SavedSample) => number,
    extremesOf: (span: SavedSampleSpan, value: number) => readonly [number, number],
  ): SampleColumn => {
    const values = samples.map(valueOf);
    const extremes = samples.map(({ span }, index): readonly [number, number] => {
      const value = values[index] ?? 0;
      return span === undefined ? [value, value] : extremesOf(span, value);
    });
    return { values, least: extremes.map(([least]) => least), most: extremes.map(([, most]) => most) };
  };
  return {
    from: samples.map(({ at, span }) => since(at) - (span?.ms ?? SECOND_MS)),
    at: samples.map(({ at }) => since(at)),
    lag: column(
      ({ lag }) => lag,
      ({ mostLag }, lag) => [lag, mostLag],
    ),
    produced: column(
      ({ producedPerSecond }) => producedPerSecond,
      ({ leastProducedPerSecond, mostProducedPerSecond }) => [leastProducedPerSecond, mostProducedPerSecond],
    ),
    processed: column(
      ({ processedPerSecond }) => processedPerSecond,
      ({ leastProcessedPerSecond, mostProcessedPerSecond }) => [leastProcessedPerSecond, mostProcessedPerSecond],
    ),
    members: column(
      ({ members }) => members,
      ({ leastMembers, mostMembers }) => [leastMembers, mostMembers],
    ),
    busy: samples.map(({ busy }) => busy),
  };
}

/** Partitions may have been raised within the run. */
function countRows({ partitions, ownership }: SavedRun): number {
  return ownership.reduce((most, { partition }) => Math.max(most, partition + 1), partitions);
}

function splitByPartition<Of extends { readonly partition: number }>(all: readonly Of[], rows: number): Of[][] {
  const split = Array.from({ length: rows }, (): Of[] => []);
  for (const one of all) split[one.partition]?.push(one);
  return split;
}

function buildBars(
  owned: readonly SavedOwnership[],
  since: (at: number) => number,
  looks: ReadonlyMap<string, ReplicaLook>,
): Bar[] {
  const bars: { from: number; to: number; owner: ReplicaLook }[] = [];
  for (const { owner: name, from, to } of owned.toSorted((a, b) => a.from - b.from)) {
    const owner = looks.get(name);
    if (owner === undefined) continue;
    const last = bars.at(-1);
    if (last?.owner === owner && last.to >= since(from)) last.to = Math.max(last.to, since(to));
    else bars.push({ from: since(from), to: since(to), owner });
  }
  return bars;
}
