import type { GroupMember } from '../lib/contracts/group.ts';

type Share = Pick<GroupMember, 'reads' | 'partitions'>;

/** Whether a member shares the topic's partitions with the others: one that reads other topics only does not. */
export function isSharer({ reads }: Pick<Share, 'reads'>): boolean {
  return reads === 'topic' || reads === 'unknown';
}

/** Whether a member could own a partition and owns none. */
export function isIdle(member: Share): boolean {
  return isSharer(member) && member.partitions.length === 0;
}

/** Most partitions of a member minus least, among those that share them. */
export function measureImbalance(members: readonly Share[]): number {
  const sizes = members.filter(isSharer).map(({ partitions }) => partitions.length);
  return sizes.length === 0 ? 0 : Math.max(...sizes) - Math.min(...sizes);
}
