import { compareText, type StickyAssignment, type StickyMember } from './sticky-assignor.ts';

/**
 * Deals the partitions out in turn: members in the order of their ids, topics in the order of their names, partitions
 * in theirs. When all members subscribe to the same topics that is what kafkajs' assignor of the name does; when they
 * do not, a member is passed over for a topic that it did not subscribe to. What members own decides nothing.
 *
 * @param partitionsByTopic the partitions that exist; topics not in it are assigned to nobody.
 */
export function assignRoundRobin(
  members: readonly Pick<StickyMember, 'memberId' | 'topics'>[],
  partitionsByTopic: ReadonlyMap<string, readonly number[]>,
): StickyAssignment {
  const hands = members
    .map(({ memberId, topics }) => ({ memberId, topics: new Set(topics), byTopic: new Map<string, number[]>() }))
    .sort((a, b) => compareText(a.memberId, b.memberId));
  /** Who comes next is first in it. */
  const turns = [...hands];
  for (const [topic, partitions] of [...partitionsByTopic].sort(([a], [b]) => compareText(a, b))) {
    for (const partition of [...partitions].sort((a, b) => a - b)) {
      const passedOver = turns.findIndex(({ topics }) => topics.has(topic));
      const hand = turns[passedOver];
      if (!hand) break;
      hand.byTopic.set(topic, [...(hand.byTopic.get(topic) ?? []), partition]);
      turns.push(...turns.splice(0, passedOver + 1));
    }
  }
  return new Map(hands.map(({ memberId, byTopic }) => [memberId, Object.fromEntries(byTopic)]));
}
