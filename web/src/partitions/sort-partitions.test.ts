import { describe, expect, it } from '@jest/globals';
import { sortPartitions, type PartitionRow, type SortKey } from './sort-partitions.ts';

function buildRow(partition: number, facts: Partial<PartitionRow> = {}): PartitionRow {
  return {
    partition,
    owner: null,
    ownerMemberId: null,
    node: null,
    logEndOffset: 0,
    committedOffset: null,
    lag: 0,
    trend: 'steady',
    producedPerSecond: 0,
    consumedPerSecond: 0,
    movedAt: null,
    ...facts,
  };
}

const sorted = (rows: readonly PartitionRow[], by: SortKey, isDescending = false): number[] =>
  sortPartitions(rows, { by, isDescending }).map(({ partition }) => partition);

describe('sortPartitions', () => {
  it('sorts numbers as numbers, and equal ones by partition in both directions', () => {
    const rows = [buildRow(2, { lag: 5 }), buildRow(0, { lag: 10 }), buildRow(1, { lag: 5 })];
    expect(sorted(rows, 'lag')).toEqual([1, 2, 0]);
    expect(sorted(rows, 'lag', true)).toEqual([0, 1, 2]);
  });

  it('sorts names as a person would', () => {
    const rows = [buildRow(0, { owner: 'consumer-10' }), buildRow(1, { owner: 'consumer-9' })];
    expect(sorted(rows, 'owner')).toEqual([1, 0]);
    expect(sorted(rows, 'owner', true)).toEqual([0, 1]);
  });

  it('puts what is not known last in both directions', () => {
    const rows = [buildRow(0), buildRow(1, { committedOffset: 7 }), buildRow(2, { committedOffset: 3 })];
    expect(sorted(rows, 'committedOffset')).toEqual([2, 1, 0]);
    expect(sorted(rows, 'committedOffset', true)).toEqual([1, 2, 0]);
  });
});
