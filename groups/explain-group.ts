import type { GroupDescription, GroupMember, GroupPartition, GroupView } from '../lib/contracts/group.ts';
import { isIdle, isSharer, measureGroup, type Balance } from './balance.ts';
import { count, listFirst } from '../lib/wording/wording.ts';

/** What the sentence about a group is made of: the page has it too, and says the same. */
export interface GroupFacts {
  readonly topic: string;
  readonly state: string;
  readonly members: readonly GroupMember[];
  /** None when there is no such topic. */
  readonly partitions: readonly GroupPartition[];
}

const NAMES_SHOWN = 3;

/** A group with what can be said of it: who is idle, and its state in words. */
export function viewGroup(group: GroupDescription): GroupView {
  const idle = group.members.filter(isIdle).map(({ clientId }) => clientId);
  return { ...group, idle, explanation: explainGroup(group) };
}

/** The state of a group in one sentence, for people who see it for the first time. */
export function explainGroup(group: GroupFacts, balance = measureGroup(group)): string {
  const { topic, state, members, partitions } = group;
  if (partitions.length === 0) {
    const who = members.length === 0 ? 'the group has no member' : `${count(members.length, 'member')} cannot read it`;
    return `there is no topic ${topic}: ${who}`;
  }
  if (members.length === 0) return 'no member: nobody reads the topic';
  if (state !== 'Stable') return `the group is rebalancing (${state}): partitions are being given out again`;
  const sharers = members.filter(isSharer);
  const others = describeOthers(members, topic);
  if (sharers.length === 0) return `no member reads ${topic}: ${others.join('; ')}`;
  return [explainShares(sharers, group, balance), ...others].join('; ');
}

function explainShares(sharers: readonly GroupMember[], { topic, partitions }: GroupFacts, balance: Balance): string {
  const counts = `${count(sharers.length, 'member')}, ${count(partitions.length, 'partition')}`;
  const { absentCount: absent, least, most } = balance;
  if (absent > 0) {
    return `${counts}: ${count(absent, 'partition')} more ${absent === 1 ? 'was' : 'were'} given out, which ${topic} does not have; it was made anew with fewer, and the members have not looked since: scaling, or restarting one, shares it out anew`;
  }
  const unowned = balance.unowned.length;
  if (unowned > 0) return `${counts}: ${String(unowned)} of them ${unowned === 1 ? 'has' : 'have'} no owner yet`;
  const idle = sharers.filter(isIdle).map(({ clientId }) => clientId);
  if (idle.length > 0 && balance.spare > 0) {
    const verb = idle.length === 1 ? 'is' : 'are';
    return `${counts}: ${listSome(idle)} ${verb} idle by design, because a partition has one owner in a group; add partitions, or scale to ${String(partitions.length)}`;
  }
  if (!balance.isEven) return `${counts}: uneven, from ${String(least)} to ${String(most)} partitions a member`;
  return `${counts}: balanced, ${least === most ? String(most) : `${String(least)} or ${String(most)}`} each`;
}

/** Members that have no share: they are not idle, they read something else. */
function describeOthers(members: readonly GroupMember[], topic: string): string[] {
  const namesOf = (reads: GroupMember['reads']): string[] =>
    members.filter((member) => member.reads === reads).map(({ clientId }) => clientId);
  const elsewhere = namesOf('other-topics');
  const unreadable = namesOf('unreadable');
  return [
    ...(elsewhere.length === 0
      ? []
      : [
          `${listFirst(elsewhere, NAMES_SHOWN)} ${elsewhere.length === 1 ? 'reads' : 'read'} other topics, not ${topic}`,
        ]),
    ...(unreadable.length === 0 ? [] : [`what ${listFirst(unreadable, NAMES_SHOWN)} subscribed to cannot be read`]),
  ];
}

function listSome(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 3).join(', ')} and ${String(names.length - 3)} others` : names.join(', ');
}
