import type { GroupView } from '../../lib/contracts/group.ts';

/** A group as lines of text: each member with its partitions and their lag, then the state in words. */
export function formatGroup(view: GroupView): string[] {
  const width = Math.max(0, ...view.members.map(({ clientId }) => clientId.length));
  const lagOf = new Map(view.partitions.map(({ partition, lag }) => [partition, lag]));
  const owned = view.members.map(({ partitions }) => (partitions.length === 0 ? 'idle' : partitions.join(' ')));
  const ownedWidth = Math.max(0, ...owned.map(({ length }) => length));
  const members = view.members.map(({ clientId, partitions }, index) => {
    const lag = partitions.reduce((sum, partition) => sum + (lagOf.get(partition) ?? 0), 0);
    return `  ${clientId.padEnd(width)}  ${(owned[index] ?? '').padEnd(ownedWidth)}  ${partitions.length === 0 ? '' : `lag ${String(lag)}`}`.trimEnd();
  });
  return [...members, `  ${view.explanation}`];
}
