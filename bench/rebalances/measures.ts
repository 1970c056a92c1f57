import { median } from '../../verify/checks/statistics.ts';
import type { Change, Measured } from './changes.ts';

/** Measurements of one client, in the order in which they were made. */
export interface ClientMeasures {
  readonly client: string;
  readonly measures: readonly Measured[];
}

/** One number by which clients are compared: the less, the better. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  /** Of one client's repeats of one change; NaN of none. */
  readonly summarize: (repeats: readonly Measured[]) => number;
}

export const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  join: 'join, 2 → 3',
  kill: 'SIGKILL, 3 → 2',
  rollout: 'rollout of 3',
  leave: 'SIGTERM, 3 → 2',
};

const MEASURES: readonly Measure[] = [
  { name: 'time to balance', unit: 'ms', summarize: medianOf(({ balanceMs }) => [balanceMs]) },
  { name: 'pause of a partition', unit: 'ms', summarize: medianOf(({ pausesMs }) => pausesMs) },
  { name: 'longest pause of a change', unit: 'ms', summarize: medianOf(({ pausesMs }) => [Math.max(...pausesMs)]) },
  { name: 'throughput dip', unit: '%', summarize: medianOf(({ dipPercent }) => [dipPercent]) },
  {
    name: 'records processed twice',
    unit: 'records',
    summarize: (repeats) => mean(repeats, ({ repeated }) => repeated),
  },
];

const WITHOUT_START: Measure = {
  name: 'time to balance without the start',
  unit: 'ms',
  summarize: medianOf(({ sinceBegunMs }) => (sinceBegunMs === undefined ? [] : [sinceBegunMs])),
};

/** By what clients are compared in a change. */
export function listMeasures(change: Change): readonly Measure[] {
  return change === 'join' ? [...MEASURES, WITHOUT_START] : MEASURES;
}

export function selectChange({ measures }: ClientMeasures, change: Change): readonly Measured[] {
  return measures.filter((one) => one.change === change);
}

/** NaN of nothing. */
export function mean(repeats: readonly Measured[], read: (measured: Measured) => number): number {
  return repeats.reduce((sum, one) => sum + read(one), 0) / repeats.length;
}

function medianOf(read: (measured: Measured) => readonly number[]): Measure['summarize'] {
  return (repeats) => median(repeats.flatMap(read));
}
