import { describe, expect, it } from '@jest/globals';
import { buildHistory } from '../../verify/testing/history-fixture.ts';
import { judge } from '../../verify/checks/judge.ts';
import type { Table } from '../../verify/report/render-table.ts';
import { buildKillsTable, buildKindTable, buildVerdictTable, type RunFacts } from './build-tables.ts';
import type { MeasuredKill } from './measure-kill.ts';

const FACTS: RunFacts = {
  platform: 'local',
  lanes: 64,
  ratePerSecond: 600,
  consumers: 3,
  zookeeperSessionMs: 6000,
  readMs: 1000,
  judgedMs: 500,
  troubles: [],
};

function buildKill(number: number, changes: Partial<MeasuredKill> = {}): MeasuredKill {
  return {
    number,
    broker: 'kafka-1',
    isCoordinator: false,
    isController: false,
    led: [0, 3],
    window: { from: 0, to: 20_000 },
    wholeMs: 17_000,
    smallestIsr: 2,
    consumerPauseMs: 7000,
    consumingAgainMs: 7500,
    laterConsumerPauseMs: 300,
    silentPartitions: [],
    producerPauseMs: 6000,
    producingAgainMs: 6500,
    acknowledged: 5000,
    refused: 60,
    unknown: 0,
    ...changes,
  };
}

/** A row by the names of its columns. */
function readRow({ columns, rows }: Table, index: number): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name }, column) => [name, rows[index]?.[column]]));
}

describe('buildKindTable', () => {
  it('tells coordinators and other brokers apart, in seconds', () => {
    const coordinator = { isCoordinator: true, consumerPauseMs: 12_000, refused: 30 };
    const kills = [buildKill(1), buildKill(2, { consumerPauseMs: 9000 }), buildKill(3, coordinator)];
    const table = buildKindTable(kills, FACTS);
    expect(readRow(table, 0)).toMatchObject({
      killed: 'coordinator',
      kills: 1,
      'consumer pause, median': 12,
      'refused per kill': 30,
    });
    expect(readRow(table, 1)).toMatchObject({
      killed: 'other broker',
      kills: 2,
      'consumer pause, median': 8,
      'consumer pause, max': 9,
      'consumed again after, median': 7.5,
      'producer pause, max': 6,
      'acknowledged again after, median': 6.5,
      'refused per kill': 60,
      'kills with a silent consumer': 0,
    });
  });

  it('counts kills after which a consumer stayed silent, and has no number for nothing', () => {
    const table = buildKindTable([buildKill(1, { consumingAgainMs: undefined, silentPartitions: [2] })], FACTS);
    expect(readRow(table, 1)).toMatchObject({
      'consumed again after, max': null,
      'kills with a silent consumer': 1,
    });
    expect(readRow(table, 0)).toMatchObject({ kills: 0, 'producer pause, median': null, 'refused per kill': null });
  });

  it('says what went wrong with the run', () => {
    const trouble = 'After 2 kills there are no more: waited 120 s.';
    expect(buildKindTable([], { ...FACTS, troubles: [trouble] }).notes).toContain(trouble);
  });
});

describe('buildKillsTable', () => {
  it('has a row for each kill', () => {
    const isBoth = { isCoordinator: true, isController: true, led: [], silentPartitions: [1, 4], wholeMs: undefined };
    const table = buildKillsTable([buildKill(1), buildKill(2, isBoth)]);
    expect(readRow(table, 0)).toMatchObject({ was: '–', 'partitions led': '0, 3', 'silent partitions': 'none' });
    expect(readRow(table, 1)).toMatchObject({
      was: 'coordinator and controller',
      'partitions led': 'none',
      'all in sync again after': null,
      'silent partitions': '1, 4',
    });
  });
});

describe('buildVerdictTable', () => {
  it('has the numbers and the verdict of every check', () => {
    const table = buildVerdictTable(judge(buildHistory()), FACTS);
    expect(table.rows).toContainEqual(['asked', 24]);
    expect(table.rows).toContainEqual(['lost: acknowledged, and not where the answer said', 0]);
    expect(table.rows).toContainEqual(['check order-per-key', 'pass']);
    expect(table.rows.at(-1)).toEqual(['verdict', 'pass']);
    expect(table.rows.filter(([, found]) => found === null)).toEqual([]);
    expect(table.notes.join('\n')).not.toContain('evidence');
  });

  it('shows the records behind a check that did not pass', () => {
    const history = buildHistory();
    const lost = judge({ ...history, log: history.log.slice(1) });
    const table = buildVerdictTable(lost, FACTS);
    expect(table.rows).toContainEqual(['lost: acknowledged, and not where the answer said', 1]);
    expect(table.rows).toContainEqual(['verdict', 'fail']);
    expect(table.notes.filter((note) => note.startsWith('nothing-acknowledged-lost, evidence'))).toHaveLength(1);
  });
});
