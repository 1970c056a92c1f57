import type { GroupGeneration } from '../../lib/contracts/group-generation.ts';
import type { AssignmentSnapshot } from '../checks/history.ts';
import { toAssignedMember } from './to-generation.ts';

/** The assignment as the coordinator wrote it down, which is what the checks judge. */
export function snapshotAssignment(
  written: GroupGeneration | undefined,
  topic: string,
  replicas: number,
): AssignmentSnapshot {
  return {
    generation: written?.generation ?? 0,
    at: written?.at ?? 0,
    replicas,
    members: (written?.members ?? []).map((member) => toAssignedMember(member, topic)),
  };
}
