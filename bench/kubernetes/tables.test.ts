import { describe, expect, it } from '@jest/globals';
import { buildDownTable, buildTotalsTable, buildUpTable } from './tables.ts';
import type { Step } from './run-steps.ts';

function step(from: number, to: number, assignedAt: number | undefined, seenAt?: number): Step {
  const sightings = seenAt === undefined ? [] : [{ replica: 'b', seenAt }];
  const [before, after] = to > from ? [['a'], ['a', 'b']] : [['a', 'b'], ['a']];
  return { from, to, seen: { calledAt: 1000, assignedAt, balancedAt: 5000, before, after, sightings, lines: [] } };
}

describe('tables of scaling', () => {
  it('tell totals for each kind of step, and leave out what was not seen', () => {
    const { rows, columns } = buildTotalsTable([step(1, 2, 3000), step(2, 1, 1500), step(1, 2, undefined)], []);
    expect(rows).toEqual([
      ['1 → 2', 2, 2000, 2000, 2000, 4000, 4000, 4000],
      ['2 → 1', 1, 500, 500, 500, 4000, 4000, 4000],
    ]);
    expect(rows[0]).toHaveLength(columns.length);
  });

  it('tell parts of steps up and of steps down apart', () => {
    const steps = [step(1, 2, 3000, 1020), step(1, 2, 3000, 1040), step(2, 1, 1500)];
    const up = buildUpTable(steps);
    expect(up.columns.map(({ name }) => name)).toEqual(['part', '1 → 2']);
    expect(up.rows[0]).toEqual(['API call → pod seen', 30]);
    expect(buildDownTable(steps).columns.map(({ name }) => name)).toEqual(['part', '2 → 1']);
  });
});
