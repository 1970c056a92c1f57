import type { SavedPercentiles, SavedRun } from '../../lib/contracts/saved-run.ts';
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
  return renderTextTable([head, ...facts, ...comparePercentiles(one, other), ...compareMeasurements(one, other)]);
}

function nameRun({ scenario, runId }: SavedRun): string {
  return `${scenario.name} seed ${String(scenario.seed)} (${runId})`;
}

type Facts = SavedRun['settings'];

function listDifferences(kind: string, one: Facts, other: Facts): string[][] {
  const [first, second] = [one, other].map((facts) => new Map(facts.map(({ name, value }) => [name, value])));
  const names = [...new Set([...one, ...other].map(({ name }) => name))];
  return names
    .filter((name) => first?.get(name) !== second?.get(name))
    .map((name) => [`${kind} ${name}`, first?.get(name) ?? 'not set', second?.get(name) ?? 'not set', '']);
}

function comparePercentiles(one: SavedRun, other: SavedRun): string[][] {
  return one.percentiles.flatMap((first) => {
    const second = other.percentiles.find(({ name }) => name === first.name);
    if (second === undefined) return [];
    return (['median', 'p95', 'max'] as const).map((part) => compareOne(first, second, part));
  });
}

function compareOne(one: SavedPercentiles, other: SavedPercentiles, part: 'median' | 'p95' | 'max'): string[] {
  const show = ({ [part]: value }: SavedPercentiles): string => `${value.toFixed(0)} ms`;
  return [`${one.name}, ${part}`, show(one), show(other), showRatio(one[part], other[part])];
}

/** Counts that are in both and differ; those of one run alone say nothing about the other. */
function compareMeasurements(one: SavedRun, other: SavedRun): string[][] {
  return one.checks.flatMap(({ name, measurements }) => {
    const second = other.checks.find((check) => check.name === name)?.measurements ?? {};
    return Object.entries(measurements)
      .filter(([key, value]) => second[key] !== undefined && second[key] !== value)
      .map(([key, value]) => [
        `${name}: ${key}`,
        String(value),
        String(second[key]),
        showRatio(value, second[key] ?? 0),
      ]);
  });
}

function showRatio(one: number, other: number): string {
  return one === 0 ? '' : (other / one).toFixed(2);
}
