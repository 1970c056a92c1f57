import type { SavedRun } from '../../lib/contracts/saved-run.ts';
import { compareFacts, comparePercentiles, divide, type Fact } from './compare-values.ts';
import { renderTextTable } from './render-text-table.ts';

/** Two runs as lines of text: what differs between them, and what each measured. */
export function formatComparison(one: SavedRun, other: SavedRun): string[] {
  const head = ['', nameRun(one), nameRun(other), 'ratio'];
  const facts = [
    ['verdict', one.verdict, other.verdict, ''],
    ...listDifferences('setting', one.settings, other.settings),
    ...listDifferences('version', one.versions, other.versions),
    ...listDifferences('machine', one.machine, other.machine),
  ];
  return renderTextTable([head, ...facts, ...listPercentiles(one, other), ...listMeasurements(one, other)]);
}

function nameRun({ scenario, runId }: SavedRun): string {
  return `${scenario.name} seed ${String(scenario.seed)} (${runId})`;
}

function listDifferences(kind: string, one: SavedRun['settings'], other: SavedRun['settings']): string[][] {
  return compareFacts(one, other).map(({ name, first, second }) => [
    `${kind} ${name}`,
    first ?? 'not set',
    second ?? 'not set',
    '',
  ]);
}

function listPercentiles(one: SavedRun, other: SavedRun): string[][] {
  return comparePercentiles(one.percentiles, other.percentiles).flatMap(({ name, values }) =>
    values.flatMap(({ name: percentile, first, second, ratio }) =>
      first === null || second === null || percentile === 'p99'
        ? []
        : [[`${name}, ${percentile}`, `${first.toFixed(0)} ms`, `${second.toFixed(0)} ms`, showRatio(ratio)]],
    ),
  );
}

/** Counts that are in both and differ; those of one run alone say nothing about the other. */
function listMeasurements(one: SavedRun, other: SavedRun): string[][] {
  return one.checks.flatMap(({ name: check, measurements }) => {
    const others = other.checks.find(({ name }) => name === check)?.measurements ?? {};
    return compareFacts(listFacts(measurements), listFacts(others)).flatMap(({ name, first, second }) =>
      first === null || second === null
        ? []
        : [[`${check}: ${name}`, String(first), String(second), showRatio(divide(second, first))]],
    );
  });
}

function listFacts(measurements: Readonly<Record<string, number>>): Fact<number>[] {
  return Object.entries(measurements).map(([name, value]) => ({ name, value }));
}

function showRatio(ratio: number | null): string {
  return ratio === null ? '' : ratio.toFixed(2);
}
