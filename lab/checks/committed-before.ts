import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import type { History } from './history.ts';

/** Tells the position of a partition that a generation began with, at least: 0 when it is not known. */
export type CommittedBefore = (partition: number, generation: number | undefined) => number;

/**
 * An owner begins where the group had committed when its generation was written. The last commit counts and not the
 * furthest: positions may have been set back on purpose.
 */
export function createCommittedBefore({ commits, generations, groupReading }: History): CommittedBefore {
  const begins = new Map<number | undefined, number>();
  for (const { generation, at } of generations) if (!begins.has(generation)) begins.set(generation, at);
  const byPartition = Map.groupBy(commits, ({ partition }) => partition);
  return (partition, generation) => {
    const begin = groupReading === 'whole' ? begins.get(generation) : undefined;
    if (begin === undefined) return 0;
    return byPartition.get(partition)?.findLast(({ at }) => at < begin - CLOCK_DIFFERENCE_MS)?.offset ?? 0;
  };
}
