import type { GroupMember, GroupPartition } from '../contracts/group.ts';
import { count } from './wording.ts';

/** The state of a group in one sentence, for people who see it for the first time. */
export function explainGroup(group: {
  readonly state: string;
  readonly members: readonly GroupMember[];
  readonly partitions: readonly GroupPartition[];
}): string {
  const { state, members, partitions } = group;
  if (members.length === 0) return 'no member: nobody reads the topic';
  if (state !== 'Stable') return `the group is rebalancing (${state}): partitions are being given out again`;
  const sizes = members.map(({ partitions: owned }) => owned.length);
  const counts = `${count(members.length, 'member')}, ${count(partitions.length, 'partition')}`;
  if (partitions.length === 0) return `${counts}: there is nothing to share out`;
  const unowned = countUnowned(members, partitions);
  if (unowned > 0) return `${counts}: ${String(unowned)} of them ${unowned === 1 ? 'has' : 'have'} no owner yet`;
  const idle = members.filter(({ partitions: owned }) => owned.length === 0).map(({ clientId }) => clientId);
  if (idle.length > 0 && members.length > partitions.length) {
    const verb = idle.length === 1 ? 'is' : 'are';
    return `${counts}: ${listSome(idle)} ${verb} idle by design, because a partition has one owner in a group; add partitions, or scale to ${String(partitions.length)}`;
  }
  const least = Math.min(...sizes);
  const most = Math.max(...sizes);
  if (most - least > 1) return `${counts}: uneven, from ${String(least)} to ${String(most)} partitions a member`;
  return `${counts}: balanced, ${least === most ? String(most) : `${String(least)} or ${String(most)}`} each`;
}

/** Partitions that nobody has: they were added, and the members have not looked since. */
export function countUnowned(members: readonly GroupMember[], partitions: readonly GroupPartition[]): number {
  const owned = new Set(members.flatMap((member) => member.partitions));
  return partitions.filter(({ partition }) => !owned.has(partition)).length;
}

function listSome(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 3).join(', ')} and ${String(names.length - 3)} others` : names.join(', ');
}
