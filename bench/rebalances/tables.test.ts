import { describe, expect, it } from '@jest/globals';
import type { Measured } from './changes.ts';
import type { ClientMeasures } from './measures.ts';
import { buildAheadTable, buildChangeTables } from './tables.ts';

function measured(balanceMs: number, more: Partial<Measured> = {}): Measured {
  return {
    change: 'join',
    balanceMs,
    sinceBegunMs: balanceMs - 100,
    pausesMs: [balanceMs / 2, balanceMs / 4],
    dipPercent: balanceMs / 100,
    restDipPercent: 0,
    moved: 4,
    leastMoved: 4,
    repeated: 0,
    loadGapMs: 0,
    ...more,
  };
}

const OURS: ClientMeasures = { client: 'ours', measures: [measured(1000, { repeated: 3 }), measured(2000)] };
const PEER: ClientMeasures = { client: 'peer', measures: [measured(6000)] };

describe('tables of rebalances', () => {
  it('are one for each change, with a row for each client, pauses of all partitions and repeats together', () => {
    const tables = buildChangeTables([OURS, PEER], ['how']);
    expect(tables).toHaveLength(4);
    const [join, kill] = tables;
    expect(join?.rows[0]).toEqual([
      'ours',
      2,
      ...[1500, 2000, 2000, 1400],
      ...[500, 1000, 1000],
      ...[15, 20],
      ...[4, 4, 1.5],
    ]);
    expect(join?.rows[0]).toHaveLength(join?.columns.length ?? 0);
    expect(kill?.rows[0]?.slice(0, 3)).toEqual(['ours', 0, NaN]);
    expect(kill?.rows[0]).toHaveLength(kill?.columns.length ?? 0);
    expect(tables.map(({ notes }) => notes)).toEqual([['how'], [], [], []]);
  });

  it('end with who is ahead, in ratios to the best, or in numbers where the best is nothing', () => {
    const { rows, columns } = buildAheadTable([OURS, PEER], 'ours');
    expect(rows[0]).toEqual(['join, 2 → 3', 'time to balance', '1,500 ms', 1, 4]);
    expect(rows[4]).toEqual(['join, 2 → 3', 'records processed twice', '0 records', '+1.5', 1]);
    expect(rows[5]).toEqual(['join, 2 → 3', 'time to balance without the start', '1,400 ms', 1, 5900 / 1400]);
    expect(rows[6]).toEqual(['SIGKILL, 3 → 2', 'time to balance', null, NaN, NaN]);
    expect(rows[0]).toHaveLength(columns.length);
  });
});
