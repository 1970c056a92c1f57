import { describe, expect, it } from '@jest/globals';
import { groupSnapshotSchema } from '../../lib/contracts/lab-snapshot.ts';
import { buildPassesTable } from './build-table.ts';
import { createLargeGroup } from './large-group.ts';
import { measurePasses } from './measure-passes.ts';

const SIZE = { partitions: 12, members: 4, rebalances: 3 };

describe('createLargeGroup', () => {
  it('makes a healthy group that moves on', () => {
    const group = createLargeGroup(SIZE);
    for (let look = 1; look < 20; look += 1) group.prepare(look)();
    const snapshot = group.prepare(20)();
    expect(groupSnapshotSchema.safeParse(snapshot).success).toBe(true);
    expect(snapshot).toMatchObject({ isBalanced: true, producedPerSecond: 1200, consumedPerSecond: 1200 });
  });

  it('has rebalances that moved and paused every partition', () => {
    const { rebalances } = createLargeGroup(SIZE).prepare(1)();
    expect(rebalances.map(({ moves }) => moves.length)).toEqual([12, 12, 12]);
    expect(rebalances.map(({ pauses }) => pauses.length)).toEqual([12, 12, 0]);
  });
});

describe('measurePasses', () => {
  it('measures every pass after the warm-up', () => {
    const options = { ...SIZE, passes: 2100, warmUp: 100 };
    const passes = measurePasses(options);
    expect(passes.cpuMs).toHaveLength(2000);
    expect(passes.jsonCpuMs).toHaveLength(20);
    expect(passes.heapBytes).toHaveLength(3);
    expect(passes.jsonBytes).toBeGreaterThan(1000);
    const [row] = buildPassesTable([{ options, passes }]).rows;
    expect(row?.slice(0, 4)).toEqual([12, 4, 3, 2100]);
    expect(row?.every((cell) => Number.isFinite(cell))).toBe(true);
  });
});
