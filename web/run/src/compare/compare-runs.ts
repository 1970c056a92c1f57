import type { SavedCheck, SavedRun, SavedStep, Verdict } from '../../../../lib/contracts/saved-run.ts';
import { formatDuration } from '../../../src/format/format-duration.ts';
import { formatMeasurement, formatMoment } from '../format/format-moment.ts';
import { compareFacts, joinNames, type Difference, type Fact } from './compare-values.ts';

/** What was not the same about two runs: how they were asked for, settings, versions, machine. */
export function compareCircumstances(first: SavedRun, second: SavedRun): readonly Difference[] {
  return compareFacts(
    [...describeRun(first), ...first.settings, ...first.versions, ...first.machine],
    [...describeRun(second), ...second.settings, ...second.versions, ...second.machine],
  );
}

function describeRun(run: SavedRun): readonly Fact<string>[] {
  return [
    { name: 'scenario', value: run.scenario.name },
    { name: 'seed', value: String(run.scenario.seed) },
    { name: 'platform', value: run.platform },
    { name: 'partitions', value: String(run.partitions) },
    { name: 'took', value: formatDuration(run.endedAt - run.startedAt) },
    { name: 'started', value: formatMoment(run.startedAt) },
    { name: 'generations', value: String(run.rebalances.length) },
  ];
}

export interface ComparedCheck {
  readonly name: string;
  readonly first: SavedCheck | null;
  readonly second: SavedCheck | null;
  /** Measurements that differ. */
  readonly measurements: readonly Difference[];
}

/** All checks of both; of their measurements those that differ. */
export function compareChecks(first: readonly SavedCheck[], second: readonly SavedCheck[]): readonly ComparedCheck[] {
  return joinNames(first, second).map((name) => {
    const checks = [first, second].map((all) => all.find((check) => check.name === name) ?? null);
    const [one = null, other = null] = checks;
    const [facts = [], otherFacts = []] = checks.map((check) =>
      Object.entries(check?.measurements ?? {}).map(([key, value]) => ({ name: key, value: formatMeasurement(value) })),
    );
    return { name, first: one, second: other, measurements: compareFacts(facts, otherFacts) };
  });
}

export interface ComparedStep {
  readonly index: number;
  readonly first: SavedStep | null;
  readonly second: SavedStep | null;
}

/** Steps at the same place, whether or not they say the same. */
export function compareSteps(first: readonly SavedStep[], second: readonly SavedStep[]): readonly ComparedStep[] {
  return Array.from({ length: Math.max(first.length, second.length) }, (_, index) => ({
    index,
    first: first[index] ?? null,
    second: second[index] ?? null,
  }));
}

/** In words: which is worse, or that they came to the same. */
export function compareVerdicts(first: Verdict, second: Verdict): string {
  return first === second ? `both ${first}` : `A ${first}, B ${second}`;
}
