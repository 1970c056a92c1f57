import { isChange } from '../scenarios/steps/registry.ts';
import type { History, StepRecord } from './history.ts';
import { DipMeter, type Dip } from './measure-dip.ts';
import { findGaps, type Gap } from './measure-gaps.ts';
import { passOver, type Pass, type PreparedRun, type RunContext } from './prepare-run.ts';

/** What a run cost, by its receipts: first processings only, by the members' clocks. */
export interface RunMeasurement {
  /** One for each step that changed something, in order. */
  readonly steps: readonly StepMeasurement[];
  /** The longest lack of throughput; undefined when the load was too short, or too little was acknowledged. */
  readonly dip: Dip | undefined;
  /** By partition, the times in which it had records to process and none was. */
  readonly gaps: ReadonlyMap<number, readonly Gap[]>;
}

interface StepMeasurement {
  readonly step: StepRecord;
  /** Until the group was first seen balanced; undefined when nobody waited for it, or in vain. */
  readonly balanceMs: number | undefined;
  /** The longest of each partition that had any, however short. */
  readonly pauses: readonly PartitionPause[];
}

/** A time in which a partition had records to process and none was. */
export interface PartitionPause extends Gap {
  readonly partition: number;
  readonly pauseMs: number;
}

/** Shorter than this is how work goes, not a pause. */
export const LEAST_PAUSE_MS = 1000;

/** Measures what each step of a run cost, and how far the throughput fell. */
export function createMeasurement(context: RunContext): Pass<RunMeasurement> {
  const { history } = context;
  const steps = history.steps.toSorted((a, b) => a.startedAt - b.startedAt || a.index - b.index);
  const changing = steps.filter(({ kind }) => isChange(kind));
  const end = Math.max(...steps.map(({ startedAt, endedAt }) => endedAt ?? startedAt));
  const windows = changing.map((step, index) => ({ from: step.startedAt, to: changing[index + 1]?.startedAt ?? end }));
  const gaps = new Map<number, readonly Gap[]>();
  const dip = new DipMeter(context);
  return {
    take(partition) {
      const { log, ledger } = partition;
      // What is missing would look like gaps.
      if (log === 'whole' && ledger === 'whole') gaps.set(partition.partition, findGaps(partition, end));
      for (const { receipt, indexes } of partition.coverage.firstProcessings) dip.processed(receipt, indexes.length);
    },
    finish() {
      const pauses = measurePauses(gaps, windows);
      return {
        steps: changing.map((step, index) => ({
          step,
          balanceMs: findBalance(steps, step, changing[index + 1]),
          pauses: pauses[index] ?? [],
        })),
        dip: dip.findLargest(),
        gaps,
      };
    },
  };
}

/** The same of a run that is in memory. */
export function measureRun(run: PreparedRun): RunMeasurement {
  return passOver(run, createMeasurement(run));
}

/** What the first wait for balance between a step and the next one saw. */
function findBalance(steps: History['steps'], step: StepRecord, next: StepRecord | undefined): number | undefined {
  const following = steps.slice(steps.indexOf(step) + 1, next ? steps.indexOf(next) : undefined);
  return following.find(({ balanceMs }) => balanceMs !== undefined)?.balanceMs;
}

/** @returns per window the longest gap of each partition that overlaps it. */
function measurePauses(gapsOf: RunMeasurement['gaps'], windows: readonly Gap[]): PartitionPause[][] {
  const pauses = windows.map((): PartitionPause[] => []);
  for (const [partition, gaps] of gapsOf) {
    const longest = findLongest(gaps, windows);
    for (const [index, gap] of longest.entries()) {
      if (gap) pauses[index]?.push({ partition, ...gap, pauseMs: gap.to - gap.from });
    }
  }
  return pauses;
}

/** Windows follow one another, so only a few of them can overlap a gap. */
function findLongest(gaps: readonly Gap[], windows: readonly Gap[]): (Gap | undefined)[] {
  const longest = windows.map((): Gap | undefined => undefined);
  for (const gap of gaps) {
    for (let index = windows.length - 1; index >= 0; index -= 1) {
      const window = windows[index];
      if (!window || window.from >= gap.to) continue;
      if (window.to <= gap.from) break;
      const before = longest[index];
      if (!before || gap.to - gap.from > before.to - before.from) longest[index] = gap;
    }
  }
  return longest;
}
