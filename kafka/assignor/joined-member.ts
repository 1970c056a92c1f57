import type { PartitionsByTopic } from '../../lib/contracts/group-generation.ts';
import { parseMemberUserData } from '../../lib/contracts/member.ts';
import { decodeSubscription, type ConsumerSubscription } from '../consumer-offsets/decode-subscription.ts';
import type { StickyMember } from './sticky-assignor.ts';

/** A member as it joined: what it would like to have again, and what it has not given up. */
export interface JoinedMember extends StickyMember {
  /** What it still owns while it joins, in the same generation as what it claims; of an eager member nothing. */
  readonly owns: PartitionsByTopic;
}

/**
 * Reads a member from what the coordinator hands the leader, whichever client wrote it and for whichever assignor.
 * A member without our user data claims what it owns; one that cannot be read takes part without claims, and gets
 * nothing, because nobody knows what it subscribed to. Never throws.
 */
export function readJoinedMember(member: { readonly memberId: string; readonly memberMetadata: Buffer }): JoinedMember {
  const { memberId, memberMetadata } = member;
  const subscription = decodeSubscription(memberMetadata);
  if (!subscription) return { memberId, topics: [], owns: {} };
  const userData = parseMemberUserData(subscription.userData);
  const owns = subscription.ownedPartitions ?? {};
  return {
    memberId,
    // Damaged subscriptions can contain empty names; no broker would answer for one.
    topics: subscription.topics.filter(Boolean),
    owned: userData?.owned ?? owns,
    generation: subscription.generation ?? userData?.generation ?? readFirstInt32(subscription),
    owns,
    ...(userData && { pod: userData.identity.pod }),
  };
}

/**
 * Java's CooperativeStickyAssignor told the generation in its user data before the subscription had a field for it.
 * Semantics: apache/kafka 3.9, CooperativeStickyAssignor.memberData
 */
function readFirstInt32({ userData, ownedPartitions }: ConsumerSubscription): number {
  if (!ownedPartitions || !userData || userData.length < 4) return -1;
  return userData.readInt32BE(0);
}
