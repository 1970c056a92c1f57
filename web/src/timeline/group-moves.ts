import type { Rebalance } from '../../../lib/contracts/lab-snapshot.ts';

/** Partitions that went the same way, in ascending order. */
export interface MoveGroup {
  readonly from: string | null;
  readonly to: string | null;
  readonly partitions: readonly number[];
}

/** The moves of a rebalance by owner before and owner after, in the order of their first partitions. */
export function groupMoves(moves: Rebalance['moves']): MoveGroup[] {
  const groups = new Map<string, { from: string | null; to: string | null; partitions: number[] }>();
  for (const { partition, from, to } of moves.toSorted((a, b) => a.partition - b.partition)) {
    const key = JSON.stringify([from, to]);
    const group = groups.get(key) ?? { from, to, partitions: [] };
    group.partitions.push(partition);
    groups.set(key, group);
  }
  return [...groups.values()];
}
