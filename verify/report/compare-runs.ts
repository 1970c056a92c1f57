import type { ComparedCheck, CircumstanceDifference, RunComparison } from '../../lib/contracts/run-comparison.ts';
import type { SavedRun, Verdict } from '../../lib/contracts/saved-run.ts';
import { compareFacts, comparePercentiles, joinNames, type Fact } from './compare-values.ts';

/** Two runs side by side, as the page of both draws them. */
export function compareRuns(first: SavedRun, second: SavedRun): RunComparison {
  return {
    verdict: compareVerdicts(first.verdict, second.verdict),
    circumstances: compareCircumstances(first, second),
    percentiles: comparePercentiles(first.percentiles, second.percentiles),
    checks: compareChecks(first, second),
  };
}

/** In words: which is worse, or that they came to the same. */
function compareVerdicts(first: Verdict, second: Verdict): string {
  return first === second ? `both ${first}` : `A ${first}, B ${second}`;
}

const KINDS: Readonly<Record<string, CircumstanceDifference['kind']>> = { took: 'duration', started: 'time' };

/** What was not the same about two runs: how they were asked for, settings, versions, machine. */
function compareCircumstances(first: SavedRun, second: SavedRun): CircumstanceDifference[] {
  const [one, other] = [first, second].map((run): Fact<string | number>[] => [
    ...describeRun(run),
    ...run.settings,
    ...run.versions,
    ...run.machine,
  ]);
  return compareFacts(one ?? [], other ?? []).map((difference) => ({
    ...difference,
    kind: KINDS[difference.name] ?? 'text',
  }));
}

function describeRun(run: SavedRun): Fact<string | number>[] {
  return [
    { name: 'scenario', value: run.scenario.name },
    { name: 'seed', value: String(run.scenario.seed) },
    { name: 'platform', value: run.platform },
    { name: 'partitions', value: String(run.partitions) },
    { name: 'took', value: shortenDuration(run.endedAt - run.startedAt) },
    { name: 'started', value: Math.floor(run.startedAt / SECOND_MS) * SECOND_MS },
    { name: 'generations', value: String(run.rebalances.length) },
  ];
}

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** To what is told of it, so that no two that look alike are told to differ: tenths of a second, seconds, minutes. */
function shortenDuration(durationMs: number): number {
  if (durationMs < MINUTE_MS) return Math.round(durationMs / 100) * 100;
  const unitMs = durationMs < HOUR_MS ? SECOND_MS : MINUTE_MS;
  return Math.floor(durationMs / unitMs) * unitMs;
}

/** All checks of both; of their measurements those that differ. */
function compareChecks(first: SavedRun, second: SavedRun): ComparedCheck[] {
  return joinNames(first.checks, second.checks).map((name) => {
    const [facts, otherFacts] = [first, second].map((run) => listMeasurements(run, name));
    return { name, measurements: compareFacts(facts ?? [], otherFacts ?? []) };
  });
}

function listMeasurements({ checks }: SavedRun, name: string): Fact<number>[] {
  const measurements = checks.find((check) => check.name === name)?.measurements ?? {};
  // To the digits that are told of them.
  return Object.entries(measurements).map(([key, value]) => ({ name: key, value: Math.round(value * 1000) / 1000 }));
}
