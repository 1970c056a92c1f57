/**
 * Writes what members tell each other through the broker, as `decode-subscription.ts` reads it.
 * Semantics: apache/kafka 3.9, clients/src/main/resources/common/message/ConsumerProtocolSubscription.json and
 * ConsumerProtocolAssignment.json
 */
import type { MemberUserData } from '../../lib/contracts/member.ts';
import { array, blob, int16, int32, text } from '../consumer-offsets/assemble-bytes.ts';

/** What a member tells when it joins. */
export interface Subscription {
  readonly topics: readonly string[];
  /** Who it is, and what it would like to have again. */
  readonly userData: MemberUserData;
  /** What it still owns while it joins. */
  readonly owned: Readonly<Record<string, readonly number[]>>;
  /** The generation in which it owned that; -1 before its first. */
  readonly generation: number;
  /** Whether the bytes are for a cooperative assignor's protocol. */
  readonly isCooperative: boolean;
}

/** The first that has owned partitions and their generation as fields; clients that know less read what they know. */
const SUBSCRIPTION_VERSION = 2;
/** Later ones have the same fields. */
const ASSIGNMENT_VERSION = 0;

/** @returns a subscription of version 2. */
export function encodeSubscription(subscription: Subscription): Buffer {
  const { topics, userData, owned, generation, isCooperative } = subscription;
  const json = Buffer.from(JSON.stringify(userData));
  // Where the field says no generation, Java's assignor takes the first four bytes here for one. Those of JSON would
  // be two billion, and win any partition from its owner (CooperativeStickyAssignor.memberData).
  const bytes = isCooperative ? Buffer.concat([int32(generation), json]) : json;
  return Buffer.concat([
    int16(SUBSCRIPTION_VERSION),
    array(...topics.map(text)),
    blob(bytes),
    encodePartitions(owned),
    int32(generation),
  ]);
}

/** @returns what a member is assigned, without bytes of the assignor's own. */
export function encodeAssignment(partitions: Readonly<Record<string, readonly number[]>>): Buffer {
  return Buffer.concat([int16(ASSIGNMENT_VERSION), encodePartitions(partitions), blob(null)]);
}

function encodePartitions(byTopic: Readonly<Record<string, readonly number[]>>): Buffer {
  const topics = Object.entries(byTopic).filter(([, partitions]) => partitions.length > 0);
  return array(...topics.map(([topic, partitions]) => Buffer.concat([text(topic), array(...partitions.map(int32))])));
}
