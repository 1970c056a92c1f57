import type { GroupSnapshot, Partition } from '../../../lib/contracts/lab-snapshot.ts';

/** A partition as the table shows it: with the node of its owner, where that is a pod. */
export interface PartitionRow extends Partition {
  readonly node: string | null;
}

export type SortKey = keyof Pick<
  PartitionRow,
  | 'partition'
  | 'owner'
  | 'node'
  | 'logEndOffset'
  | 'committedOffset'
  | 'lag'
  | 'producedPerSecond'
  | 'consumedPerSecond'
>;

export interface Sorting {
  readonly by: SortKey;
  readonly isDescending: boolean;
}

/** Joins partitions with the nodes of their owners. */
export function buildPartitionRows({ partitions, pods }: GroupSnapshot): readonly PartitionRow[] {
  const nodes = new Map(pods.map(({ name, node }) => [name, node]));
  return partitions.map((partition) => ({ ...partition, node: nodes.get(partition.owner ?? '') ?? null }));
}

/** Rows in the order that was asked for; equal ones by number, and what is not known last in any direction. */
export function sortPartitions(rows: readonly PartitionRow[], { by, isDescending }: Sorting): readonly PartitionRow[] {
  const direction = isDescending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [a[by], b[by]];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || a.partition - b.partition;
    const order =
      typeof x === 'string' || typeof y === 'string'
        ? String(x).localeCompare(String(y), 'en', { numeric: true })
        : x - y;
    return order * direction || a.partition - b.partition;
  });
}
