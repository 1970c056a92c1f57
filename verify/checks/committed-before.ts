import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import type { GroupTimeline } from './group-timeline.ts';
import type { AcceptedCommit, LedgerEntry, RunFacts } from './history.ts';

/** Tells the position of a receipt's partition that the work on it began with, at least: 0 when it is not known. */
export type CommittedBefore = (receipt: LedgerEntry) => number;

/**
 * An owner begins where the group had committed when it was given the partition. Of a receipt that tells its generation
 * that is when this one was written; of another, when the earliest membership that may have done the work got the
 * partition. The last commit counts and not the furthest: positions may have been set back on purpose.
 *
 * @returns for the commits of a partition, what tells it of the partition's receipts
 */
export function createCommittedBefore(
  { generations, groupReading }: RunFacts,
  timeline: GroupTimeline,
): (commits: readonly AcceptedCommit[]) => CommittedBefore {
  const begins = new Map<number, number>();
  for (const { generation, at } of generations) if (!begins.has(generation)) begins.set(generation, at);
  return (commits) => (receipt) => {
    if (groupReading !== 'whole') return 0;
    const { generation } = receipt;
    const begin = generation === undefined ? timeline.attribute(receipt).earliest?.from.at : begins.get(generation);
    if (begin === undefined) return 0;
    return commits.findLast(({ at }) => at < begin - CLOCK_DIFFERENCE_MS)?.offset ?? 0;
  };
}
