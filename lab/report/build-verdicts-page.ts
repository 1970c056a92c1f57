import type { SavedRun } from '../../lib/contracts/saved-run.ts';
import { renderTable } from '../bench/render-table.ts';
import { formatDuration } from '../scenarios/duration.ts';

const HEAD = [
  'scenario',
  'seed',
  'verdict',
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
    (a, b) =>
      a.scenario.name.localeCompare(b.scenario.name, 'en') ||
      a.scenario.seed - b.scenario.seed ||
      a.startedAt - b.startedAt,
  );
  const [machine, versions] = [sorted[0]?.machine ?? [], sorted[0]?.versions ?? []].map((facts) =>
    facts.map(({ name, value }) => `${name} ${value}`).join(', '),
  );
  return [
    '',
    platform === 'local' ? '## On the local platform' : '## On Kubernetes (kind)',
    '',
    `${machine ?? ''}; ${versions ?? ''}.`,
    '',
    ...renderTable({
      title: 'Runs',
      columns: HEAD.map((name) => ({ name })),
      rows: sorted.map(describeRun),
      notes: [],
    }),
    ...sorted.filter(({ verdict }) => verdict !== 'pass').flatMap(describeTrouble),
  ];
}

function describeRun(run: SavedRun): string[] {
  const measure = (check: string, name: string): number | undefined =>
    run.checks.find((one) => one.name === check)?.measurements[name];
  const show = (value: number | undefined, format: (value: number) => string = String): string =>
    value === undefined ? 'not measured' : format(value);
  const lost = ['lostRecords', 'misplacedRecords', 'unprocessedRecords'].map((name) =>
    measure('nothing-acknowledged-lost', name),
  );
  return [
    run.scenario.name,
    String(run.scenario.seed),
    run.verdict === 'pass' ? 'pass' : `**${run.verdict}**`,
    show(measure('nothing-acknowledged-lost', 'acknowledgedRecords'), (value) => value.toLocaleString('en-US')),
    show(lost.includes(undefined) ? undefined : lost.reduce<number>((sum, value) => sum + (value ?? 0), 0)),
    show(measure('duplicates', 'processedTwiceRecords')),
    show(measure('within-limits', 'longestBalanceMs'), formatDuration),
    show(measure('within-limits', 'longestPauseMs'), formatDuration),
    show(measure('within-limits', 'largestDip'), (value) => `${(value * 100).toFixed(0)} %`),
    formatDuration(run.endedAt - run.startedAt),
  ];
}

function describeTrouble({ scenario, checks }: SavedRun): string[] {
  const sentences = checks
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ name, verdict, summary }) => `  - ${name}: ${verdict}. ${summary}`);
  return ['', `- ${scenario.name}, seed ${String(scenario.seed)}:`, ...sentences];
}
