import type { Cell, Column, Table } from '../result.ts';
import { median, summarize } from '../../checks/statistics.ts';
import { CHANGES, type Change, type Measured } from './changes.ts';

/** Measurements of one client, in the order in which they were made. */
export interface ClientMeasures {
  readonly client: string;
  readonly measures: readonly Measured[];
}

const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  join: 'join, 2 → 3',
  kill: 'SIGKILL, 3 → 2',
  rollout: 'rollout of 3',
  leave: 'SIGTERM, 3 → 2',
};

const SUMMARY_COLUMNS = (name: string): Column[] => [
  { name: `${name}, median`, unit: 'ms' },
  { name: `${name}, p95`, unit: 'ms' },
  { name: `${name}, max`, unit: 'ms' },
];

/** Rows for each change, with the clients beneath each other. */
export function buildChangesTable(clients: readonly ClientMeasures[], notes: readonly string[]): Table {
  return {
    title: 'Time to balance, and pause of each partition',
    columns: [
      { name: 'change' },
      { name: 'client' },
      { name: 'repeats' },
      ...SUMMARY_COLUMNS('time to balance'),
      ...SUMMARY_COLUMNS('pause'),
      { name: 'partitions moved, mean', decimals: 1 },
      { name: 'least possible, mean', decimals: 1 },
      { name: 'records processed twice, mean', decimals: 1 },
    ],
    rows: CHANGES.flatMap((change) =>
      clients.map(({ client, measures }): Cell[] => {
        const ofChange = measures.filter((one) => one.change === change);
        return [
          CHANGE_WORDS[change],
          client,
          ofChange.length,
          ...summarize(ofChange.map(({ balanceMs }) => balanceMs)),
          ...summarize(ofChange.flatMap(({ pausesMs }) => pausesMs)),
          mean(ofChange.map(({ moved }) => moved)),
          mean(ofChange.map(({ leastMoved }) => leastMoved)),
          mean(ofChange.map(({ repeated }) => repeated)),
        ];
      }),
    ),
    notes,
  };
}

/** The join once more, without the start of the newcomer's process. */
export function buildJoinTable(clients: readonly ClientMeasures[]): Table {
  return {
    title: 'Join, 2 → 3, without the start of the process',
    columns: [{ name: 'client' }, ...SUMMARY_COLUMNS('time to balance')],
    rows: clients.map(({ client, measures }) => [client, ...summarize(measures.flatMap(readSinceBegun))]),
    notes: ['Counted from the line that the newcomer prints just before its client connects.'],
  };
}

/** How the medians of one client compare with those of another. */
export function buildRatioTable(ours: ClientMeasures, peer: ClientMeasures): Table {
  const compare = (change: Change, read: (measured: Measured) => readonly number[]): number => {
    const medianOf = ({ measures }: ClientMeasures): number =>
      median(measures.filter((one) => one.change === change).flatMap(read));
    return medianOf(ours) / medianOf(peer);
  };
  const buildRow = (words: string, change: Change, readTime: (measured: Measured) => readonly number[]): Cell[] => [
    words,
    compare(change, readTime),
    compare(change, ({ pausesMs }) => pausesMs),
    compare(change, ({ pausesMs }) => [Math.max(...pausesMs)]),
  ];
  return {
    title: `Ratios of medians: ${ours.client} / ${peer.client}`,
    columns: [
      { name: 'change' },
      { name: 'time to balance', decimals: 2 },
      { name: 'pause of a partition', decimals: 2 },
      { name: 'longest pause of a change', decimals: 2 },
    ],
    rows: [
      ...CHANGES.map((change) => buildRow(CHANGE_WORDS[change], change, ({ balanceMs }) => [balanceMs])),
      buildRow(`${CHANGE_WORDS.join}, without the start`, 'join', readSinceBegun),
    ],
    notes: [
      `Below 1, ${ours.client} took less.`,
      'Of a kill, most partitions belong to those who live: the longest pause is that of what the killed one owned.',
    ],
  };
}

function readSinceBegun({ sinceBegunMs }: Measured): readonly number[] {
  return sinceBegunMs === undefined ? [] : [sinceBegunMs];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
