import type { SavedRun } from '../../lib/contracts/saved-run.ts';
import { renderTable } from './render-table.ts';
import { formatDuration } from '../scenarios/duration.ts';

const HEAD = [
  'scenario',
  'seeds',
  'verdicts',
  'acknowledged',
  'lost',
  'twice',
  'balanced after',
  'longest pause',
  'dip',
  'took',
];

/** The verdicts of saved runs as a page of Markdown, by platform; made from the runs and from nothing else. */
export function buildVerdictsPage(runs: readonly SavedRun[]): string {
  const platforms = [...new Set(runs.map(({ platform }) => platform))].toSorted().toReversed();
  return [
    '# Verdicts',
    '',
    'Written by the runs themselves: `npm run lab -- verdicts`. [verify.md](verify.md) tells what the scenarios do and what is judged.',
    '',
    'Each row is of the last run of each seed, with the settings of the lab: counts are their sums, times and dip the worst of any.',
    '',
    '- *acknowledged*: numbered records that the producers said were stored; *lost*: those that are not in the log where the answer said, or were not processed.',
    '- *twice*: records processed again after a handover, as at-least-once allows.',
    '- *balanced after*: the longest time from a change (a rolling update, a drain: from its end) until every replica wanted was a member and owned its share.',
    '- *longest pause*: of any partition while records waited in it. A killed or paused consumer costs its session timeout of 10 s, a killed broker its ZooKeeper session of 6 s.',
    '- *dip*: the largest share of what was acknowledged that was not processed within ten seconds.',
    ...platforms.flatMap((platform) =>
      describePlatform(
        platform,
        runs.filter((run) => run.platform === platform),
      ),
    ),
    '',
  ].join('\n');
}

function describePlatform(platform: string, runs: readonly SavedRun[]): string[] {
  const sorted = runs.toSorted(
    (a, b) => a.scenario.name.localeCompare(b.scenario.name, 'en') || a.scenario.seed - b.scenario.seed,
  );
  const [machine, versions] = [sorted[0]?.machine ?? [], sorted[0]?.versions ?? []].map((facts) =>
    facts.map(({ name, value }) => `${name} ${value}`).join(', '),
  );
  const rows = [...Map.groupBy(sorted, ({ scenario }) => scenario.name)].map(([name, those]) =>
    describeScenario(name, those),
  );
  return [
    '',
    platform === 'local' ? '## On the local platform' : '## On Kubernetes (kind)',
    '',
    `${machine ?? ''}; ${versions ?? ''}.`,
    '',
    ...renderTable({ title: 'Runs', columns: HEAD.map((column) => ({ name: column })), rows, notes: [] }),
    ...sorted.filter(({ verdict }) => verdict !== 'pass').flatMap(describeTrouble),
  ];
}

/** The runs of a scenario in one row: counts are sums, measures are the worst of them. */
function describeScenario(name: string, runs: readonly SavedRun[]): string[] {
  const measure = (check: string, key: string): readonly number[] =>
    runs.flatMap(({ checks }) => checks.find((one) => one.name === check)?.measurements[key] ?? []);
  const show = (values: readonly number[], format: (values: readonly number[]) => string): string =>
    values.length === 0 ? 'not measured' : format(values);
  const sum = (values: readonly number[]): string =>
    values.reduce((total, value) => total + value, 0).toLocaleString('en-US');
  const worst = (values: readonly number[]): string => formatDuration(Math.max(...values));
  const ofLost = (key: string): readonly number[] => measure('nothing-acknowledged-lost', key);
  const lost = [...ofLost('lostRecords'), ...ofLost('misplacedRecords'), ...ofLost('unprocessedRecords')];
  return [
    name,
    describeSeeds(runs.map(({ scenario }) => scenario.seed)),
    describeVerdicts(runs.map(({ verdict }) => verdict)),
    show(ofLost('acknowledgedRecords'), sum),
    show(lost, sum),
    show(measure('duplicates', 'processedTwiceRecords'), sum),
    show(measure('within-limits', 'longestBalanceMs'), worst),
    show(measure('within-limits', 'longestPauseMs'), worst),
    show(measure('within-limits', 'largestDip'), (values) => `${(Math.max(...values) * 100).toFixed(0)} %`),
    formatDuration(Math.max(...runs.map(({ startedAt, endedAt }) => endedAt - startedAt))),
  ];
}

/** `1 to 3, 101`: what follows one another is told by its ends. */
function describeSeeds(seeds: readonly number[]): string {
  const stretches: [first: number, last: number][] = [];
  for (const seed of seeds) {
    const stretch = stretches.at(-1);
    if (stretch && seed <= stretch[1] + 1) stretch[1] = seed;
    else stretches.push([seed, seed]);
  }
  return stretches
    .map(([first, last]) => (first === last ? String(first) : `${String(first)} to ${String(last)}`))
    .join(', ');
}

function describeVerdicts(verdicts: readonly SavedRun['verdict'][]): string {
  const counts = (['pass', 'fail', 'unknown'] as const).map((verdict) => {
    const count = verdicts.filter((one) => one === verdict).length;
    return [count, verdict === 'pass' ? `${String(count)} pass` : `**${String(count)} ${verdict}**`] as const;
  });
  return counts.flatMap(([count, words]) => (count === 0 ? [] : [words])).join(', ');
}

function describeTrouble({ scenario, checks }: SavedRun): string[] {
  const sentences = checks
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ name, verdict, summary }) => `  - ${name}: ${verdict}. ${summary}`);
  return ['', `- ${scenario.name}, seed ${String(scenario.seed)}:`, ...sentences];
}
