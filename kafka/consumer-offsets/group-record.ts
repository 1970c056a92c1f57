/** A commit of one partition's position by a group. */
export interface OffsetCommitRecord {
  readonly kind: 'offset-commit';
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The offset of the next record to read. */
  readonly offset: number;
  /** The leader's epoch of the last record read; absent when the client told none. @default not told */
  readonly leaderEpoch?: number;
  /** What the client attached, often nothing. */
  readonly metadata: string;
  /** When the broker took the commit, milliseconds since 1970. */
  readonly commitTimestampMs: number;
}

/** A committed offset was removed: it expired, or its topic or group was deleted. */
export interface OffsetTombstoneRecord {
  readonly kind: 'offset-tombstone';
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/** A group as it stood at the end of a rebalance, or when its last member had left. */
export interface GroupRecord {
  readonly kind: 'group';
  readonly group: string;
  /** `consumer` for groups of consumers; the empty string when only offsets were ever committed. */
  readonly protocolType: string;
  readonly generation: number;
  /** The assignor's name; null while the group has no members. */
  readonly protocol: string | null;
  /** The leader's member id; null while the group has no members. */
  readonly leader: string | null;
  /** Since when the group is in this state, milliseconds since 1970; absent in versions 0 and 1. @default not known */
  readonly stateTimestampMs?: number;
  readonly members: readonly GroupRecordMember[];
}

/** One member of a group in a generation. */
export interface GroupRecordMember {
  readonly memberId: string;
  /** Set by static members (KIP-345). */
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** The session timeout in version 0, which had no other. */
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** To be read with `decodeSubscription` when the group's protocol type is `consumer`. */
  readonly subscription: Buffer;
  /** To be read with `decodeAssignment` when the group's protocol type is `consumer`. */
  readonly assignment: Buffer;
}

/** The group itself was removed. */
interface GroupTombstoneRecord {
  readonly kind: 'group-tombstone';
  readonly group: string;
}

/** Bytes that are none of the others, and why. */
interface UnknownRecord {
  readonly kind: 'unknown';
  readonly reason: string;
}

/** What one record of `__consumer_offsets` says. */
export type DecodedGroupRecord =
  OffsetCommitRecord | OffsetTombstoneRecord | GroupRecord | GroupTombstoneRecord | UnknownRecord;
