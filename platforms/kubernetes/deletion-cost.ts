import type { V1Pod } from '@kubernetes/client-node';

/** https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#pod-deletion-cost */
export const DELETION_COST_ANNOTATION = 'controller.kubernetes.io/pod-deletion-cost';

/** What it costs, in the eyes of a ReplicaSet, to delete the pod; nothing when it is not said, which counts as 0. */
export function readDeletionCost(pod: V1Pod): number | undefined {
  const cost = pod.metadata?.annotations?.[DELETION_COST_ANNOTATION];
  return cost === undefined || !/^-?\d{1,10}$/.test(cost) ? undefined : Number(cost);
}
