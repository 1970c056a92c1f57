/**
 * The assignors a member offers to its group. The group uses one that all its members offer, which is how it changes
 * from an eager to the cooperative protocol and back while it works: by replacing one member after the other.
 */
import { assignRoundRobin } from './assign-round-robin.ts';
import type { JoinedMember } from './joined-member.ts';
import { assignSticky, type StickyAssignment } from './sticky-assignor.ts';
import { withholdOwned } from './withhold-owned.ts';

/** The assignor a member prefers. */
export type AssignorName = 'cooperative-sticky' | 'sticky' | 'round-robin';

/** Java's name for it: members with its CooperativeStickyAssignor may be in the same group. */
export const COOPERATIVE_STICKY_PROTOCOL = 'cooperative-sticky';

/** Ours alone, and the name under which members of former versions offer it. */
export const STICKY_PROTOCOL = 'kafka-lab-sticky';

/** kafkajs' name for it. */
const ROUND_ROBIN_PROTOCOL = 'RoundRobinAssigner';

/** Decides on the group's leader who gets what. */
export interface Assignor {
  /** Its name in the group protocol. */
  readonly protocol: string;
  /** Whether members keep what they own while they join (KIP-429), or give it up before. */
  readonly isCooperative: boolean;
  /**
   * The leader's decision, the same for the same members and partitions in any order. Every member is present in it.
   * What another member still owns is left out, in eager protocols as well: members that come from a cooperative
   * generation own something there. Who must give something up for it joins again when it has.
   *
   * @param partitionsByTopic the partitions that exist; topics and partitions not in it are assigned to nobody.
   */
  assign(members: readonly JoinedMember[], partitionsByTopic: ReadonlyMap<string, readonly number[]>): StickyAssignment;
}

const COOPERATIVE_STICKY = createAssignor(COOPERATIVE_STICKY_PROTOCOL, true, assignSticky);
const STICKY = createAssignor(STICKY_PROTOCOL, false, assignSticky);
const ROUND_ROBIN = createAssignor(ROUND_ROBIN_PROTOCOL, false, assignRoundRobin);

const OFFERS: Readonly<Record<AssignorName, readonly Assignor[]>> = {
  'cooperative-sticky': [COOPERATIVE_STICKY, STICKY, ROUND_ROBIN],
  sticky: [STICKY, ROUND_ROBIN],
  'round-robin': [ROUND_ROBIN, STICKY],
};

/** What a member offers that prefers the one named, in that order. */
export function listAssignors(preferred: AssignorName): readonly Assignor[] {
  return OFFERS[preferred];
}

function createAssignor(protocol: string, isCooperative: boolean, share: Assignor['assign']): Assignor {
  return {
    protocol,
    isCooperative,
    assign: (members, partitionsByTopic) => withholdOwned(members, share(members, partitionsByTopic)),
  };
}
