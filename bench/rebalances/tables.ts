import type { Cell, Column, Table } from '../../verify/report/render-table.ts';
import { median, quantile, summarize } from '../../verify/checks/statistics.ts';
import { CHANGES, type Change } from './changes.ts';
import { CHANGE_WORDS, listMeasures, mean, selectChange, type ClientMeasures } from './measures.ts';
import { describeAhead, formatValue, rankClients } from './ranking.ts';

const SUMMARY_COLUMNS = (name: string): Column[] => [
  { name: `${name}, median`, unit: 'ms' },
  { name: `${name}, p95`, unit: 'ms' },
  { name: `${name}, max`, unit: 'ms' },
];

/** One table for each change, with the clients beneath each other; how they were measured stands under the first. */
export function buildChangeTables(clients: readonly ClientMeasures[], notes: readonly string[]): readonly Table[] {
  return CHANGES.map((change, index) => ({
    title: `${capitalize(CHANGE_WORDS[change])}: time to balance, pauses, throughput, repeats`,
    columns: [
      { name: 'client' },
      { name: 'repeats' },
      ...SUMMARY_COLUMNS('time to balance'),
      ...(change === 'join' ? [{ name: 'without the start, median', unit: 'ms' }] : []),
      ...SUMMARY_COLUMNS('pause'),
      { name: 'throughput dip, median', unit: '%' },
      { name: 'throughput dip, max', unit: '%' },
      { name: 'partitions moved, mean', decimals: 1 },
      { name: 'least possible, mean', decimals: 1 },
      { name: 'records processed twice, mean', decimals: 1 },
    ],
    rows: clients.map((one) => buildRow(one, change)),
    notes: index === 0 ? notes : [],
  }));
}

function buildRow(one: ClientMeasures, change: Change): Cell[] {
  const repeats = selectChange(one, change);
  const since = repeats.flatMap(({ sinceBegunMs }) => (sinceBegunMs === undefined ? [] : [sinceBegunMs]));
  const dips = repeats.map(({ dipPercent }) => dipPercent);
  return [
    one.client,
    repeats.length,
    ...summarize(repeats.map(({ balanceMs }) => balanceMs)),
    ...(change === 'join' ? [median(since)] : []),
    ...summarize(repeats.flatMap(({ pausesMs }) => pausesMs)),
    median(dips),
    quantile(dips, 1),
    mean(repeats, ({ moved }) => moved),
    mean(repeats, ({ leastMoved }) => leastMoved),
    mean(repeats, ({ repeated }) => repeated),
  ];
}

/** How far each client is from the best, measure by measure, and in words how far `ours` is. */
export function buildAheadTable(clients: readonly ClientMeasures[], ours: string): Table {
  return {
    title: 'Who is ahead: the best client, and how many times as much the others take',
    columns: [
      { name: 'change' },
      { name: 'measure' },
      { name: 'best' },
      ...clients.map(({ client }) => ({ name: client, decimals: 2 })),
    ],
    rows: CHANGES.flatMap((change) =>
      listMeasures(change).map((measure): Cell[] => {
        const { best, unit, ratios } = rankClients(clients, change, measure);
        const cells = ratios.map(({ ratio, value }) => (best === 0 && value > 0 ? `+${value.toFixed(1)}` : ratio));
        return [CHANGE_WORDS[change], measure.name, Number.isFinite(best) ? formatValue(best, unit) : null, ...cells];
      }),
    ),
    notes: [
      ...CHANGES.map((change) => describeAhead(clients, change, ours)),
      'Medians of all repeats, of records processed twice means; ahead is whoever is within 5 % of the best. Where the best has none, the others have how many more.',
    ],
  };
}

function capitalize(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
