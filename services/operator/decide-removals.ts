import type { GroupSnapshot, Member } from '../../lib/contracts/lab-snapshot.ts';
import type { GroupReplica } from '../../groups/group-replica.ts';
import type { Controller } from '../../platforms/kubernetes/controllers.ts';
import { readPodOrdinal } from '../../platforms/kubernetes/pod-controller.ts';

/** A static member. */
export type StaticMember = Pick<Member, 'memberId' | 'clientId'> & { readonly groupInstanceId: string };

/**
 * The static members that will not come back: those whose id is the name of a pod beyond the number that its StatefulSet
 * is told to have, once that pod is gone. The group would keep their places, and their partitions with them, until their
 * sessions have ended. Of a Deployment nobody knows: its pods have new names each time.
 */
export function decideRemovals(
  { members }: GroupSnapshot,
  replicas: readonly GroupReplica[],
  controller: Controller | undefined,
): readonly StaticMember[] {
  if (controller?.kind !== 'statefulset') return [];
  const names = new Set(replicas.map(({ name }) => name));
  return members.flatMap(({ memberId, clientId, groupInstanceId }) => {
    if (groupInstanceId === null || names.has(groupInstanceId)) return [];
    const ordinal = readPodOrdinal(groupInstanceId, controller.name);
    return ordinal === undefined || ordinal < controller.replicas ? [] : [{ memberId, clientId, groupInstanceId }];
  });
}
