import type { GroupGeneration } from '../../lib/contracts/group-generation.ts';
import type { AssignedMember, Generation } from '../checks/history.ts';

/** What a generation says about one topic, as the checks know it. */
export function toGeneration({ generation, at, members }: GroupGeneration, topic: string): Generation {
  return {
    generation,
    at,
    members: members.map((member) => ({
      ...toAssignedMember(member, topic),
      sessionTimeoutMs: member.sessionTimeoutMs,
      ...(member.groupInstanceId !== undefined && { groupInstanceId: member.groupInstanceId }),
    })),
  };
}

/** A member and what it owns of one topic. */
export function toAssignedMember(
  { clientId, memberId, partitions }: GroupGeneration['members'][number],
  topic: string,
): AssignedMember {
  return { member: clientId, memberId, partitions: partitions[topic] ?? [] };
}
