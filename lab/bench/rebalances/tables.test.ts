import { describe, expect, it } from '@jest/globals';
import type { Measured } from './changes.ts';
import { buildChangesTable, buildJoinTable, buildRatioTable, type ClientMeasures } from './tables.ts';

function measured(balanceMs: number, more: Partial<Measured> = {}): Measured {
  return {
    change: 'join',
    balanceMs,
    sinceBegunMs: balanceMs - 100,
    pausesMs: [balanceMs / 2, balanceMs / 4],
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
  it('have a row for each change and client, pauses of all partitions and repeats together', () => {
    const { rows, columns } = buildChangesTable([OURS, PEER], []);
    expect(rows).toHaveLength(8);
    expect(rows[0]).toEqual(['join, 2 → 3', 'ours', 2, 1500, 1950, 2000, 500, expect.closeTo(925), 1000, 4, 4, 1.5]);
    expect(rows[0]).toHaveLength(columns.length);
    expect(rows[2]?.slice(0, 4)).toEqual(['SIGKILL, 3 → 2', 'ours', 0, NaN]);
  });

  it('tell joins without the start of the process', () => {
    expect(buildJoinTable([PEER]).rows).toEqual([['peer', 5900, 5900, 5900]]);
  });

  it('compare medians, of the longest pauses, too, and of joins without the start of the process', () => {
    const { rows } = buildRatioTable(OURS, PEER);
    expect(rows[0]).toEqual(['join, 2 → 3', 0.25, 500 / 2250, 0.25]);
    expect(rows.at(-1)?.slice(0, 2)).toEqual(['join, 2 → 3, without the start', 1400 / 5900]);
  });
});
