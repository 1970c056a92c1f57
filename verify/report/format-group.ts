import type { GroupMember, GroupView } from '../../lib/contracts/group.ts';
import { isIdle, isSharer } from '../../groups/balance.ts';

/** Names longer than that are not worth the width of every line. */
const WIDEST_NAME = 63;

/** A group as lines of text: each member with its partitions and their lag, then the state in words. */
export function formatGroup(view: GroupView): string[] {
  const width = Math.max(0, ...view.members.map(({ clientId }) => Math.min(clientId.length, WIDEST_NAME)));
  const lagOf = new Map(view.partitions.map(({ partition, lag }) => [partition, lag]));
  const owned = view.members.map(describeOwned);
  const ownedWidth = Math.max(0, ...owned.map(({ length }) => length));
  const members = view.members.map(({ clientId, partitions }, index) => {
    const lag = partitions.reduce((sum, partition) => sum + (lagOf.get(partition) ?? 0), 0);
    return `  ${clientId.padEnd(width)}  ${(owned[index] ?? '').padEnd(ownedWidth)}  ${partitions.length === 0 ? '' : `lag ${String(lag)}`}`.trimEnd();
  });
  return [...members, `  ${view.explanation}`];
}

function describeOwned(member: GroupMember): string {
  if (isIdle(member)) return 'idle';
  if (isSharer(member)) return member.partitions.join(' ');
  return member.reads === 'other-topics' ? 'reads other topics' : 'not known what it reads';
}
