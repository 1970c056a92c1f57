import type { GroupMember } from '../lib/contracts/group.ts';
import { isSharer } from './balance.ts';
import { count } from '../lib/wording/wording.ts';

/** Why a member owns no partition; null when it owns one, or is no member. */
export function explainIdle(
  member: Pick<GroupMember, 'reads' | 'partitions'> | undefined,
  group: {
    /** Members that read the topic. */
    readonly sharers: number;
    readonly partitions: number;
    readonly state: string | undefined;
  },
): string | null {
  const { sharers, partitions, state } = group;
  if (member === undefined || member.partitions.length > 0) return null;
  if (partitions === 0) return 'the topic does not exist';
  if (state !== 'Stable') return 'the group is rebalancing';
  if (!isSharer(member)) {
    return member.reads === 'other-topics' ? 'it reads other topics' : 'what it subscribed to cannot be read';
  }
  if (sharers > partitions) {
    const counts = `${count(sharers, 'member')}, ${count(partitions, 'partition')}`;
    return `${counts}: each partition has one owner, so some members have none`;
  }
  return 'the assignor gave it no partition';
}
