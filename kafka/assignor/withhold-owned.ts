import type { JoinedMember } from './joined-member.ts';
import type { StickyAssignment } from './sticky-assignor.ts';

/**
 * Takes out of an assignment what another member has not given up yet: it is assigned in a rebalance after that.
 *
 * Of several claims to own one partition the latest generation counts: who was thrown out of the group and comes
 * back with what it had then holds nobody up. But an old claim that nobody disputes is believed, because who missed
 * the last generation (its SyncGroup came when the next rebalance had begun) still works on what it owned before.
 * A partition that two members own in one generation is withheld from both.
 */
export function withholdOwned(members: readonly JoinedMember[], assignment: StickyAssignment): StickyAssignment {
  const claims = collectClaims(members);
  return new Map(
    [...assignment].map(([memberId, byTopic]) => {
      const isFree = (topic: string, partition: number): boolean => {
        const owners = claims.get(topic)?.get(partition)?.owners ?? [];
        return owners.every((owner) => owner === memberId);
      };
      const given = Object.entries(byTopic)
        .map(([topic, partitions]) => [topic, partitions.filter((partition) => isFree(topic, partition))] as const)
        .filter(([, partitions]) => partitions.length > 0);
      return [memberId, Object.fromEntries(given)];
    }),
  );
}

/** Who says to own a partition in the latest generation in which anybody says so. */
interface Claim {
  readonly generation: number;
  readonly owners: string[];
}

function collectClaims(members: readonly JoinedMember[]): ReadonlyMap<string, ReadonlyMap<number, Claim>> {
  const byTopic = new Map<string, Map<number, Claim>>();
  for (const { memberId, owns, generation = -1 } of members) {
    for (const [topic, partitions] of Object.entries(owns)) {
      const claims = byTopic.get(topic) ?? new Map<number, Claim>();
      byTopic.set(topic, claims);
      for (const partition of partitions) {
        const claim = claims.get(partition);
        if (claim?.generation === generation) claim.owners.push(memberId);
        else if (!claim || claim.generation < generation) claims.set(partition, { generation, owners: [memberId] });
      }
    }
  }
  return byTopic;
}
