import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { LAB_LABEL } from '../../lib/contracts/addresses.ts';
import { WORKLOADS, type Workload } from '../../lib/contracts/replica.ts';

/** The label by which the manifests name the workload of a pod, a Deployment and a StatefulSet. */
const NAME_LABEL = 'app.kubernetes.io/name';

/** In the order in which replicas are listed: what the others need comes first. */
export const LISTED_WORKLOADS: readonly Workload[] = WORKLOADS.toReversed();

/** A label selector for what belongs to these workloads of the lab. */
export function selectWorkloads(workloads: readonly Workload[]): string {
  return `${LAB_LABEL.key}=${LAB_LABEL.value},${NAME_LABEL} in (${workloads.join(',')})`;
}

/** Which workload an object with labels belongs to, if any. */
export function readWorkload(object: { readonly metadata?: V1Pod['metadata'] }): Workload | undefined {
  const name = object.metadata?.labels?.[NAME_LABEL];
  return WORKLOADS.find((workload) => workload === name);
}

/** The name of a pod, which every pod of the API server has. */
export function readName(pod: V1Pod): string {
  return pod.metadata?.name ?? '';
}

/** The uid of a pod, which every pod of the API server has. */
export function readUid(pod: V1Pod): string {
  return pod.metadata?.uid ?? '';
}

/** The container that does the pod's work: manifests name it as the workload. */
export function readContainer(pod: V1Pod): V1ContainerStatus | undefined {
  const containers = pod.status?.containerStatuses ?? [];
  return containers.find(({ name }) => name === readWorkload(pod)) ?? containers[0];
}

/**
 * Whether the pod counts as a replica. A pod that has failed or was evicted stays as an object for a while; a
 * Deployment has replaced it by then, whereas a StatefulSet keeps its name and replaces it by deleting it.
 */
export function isReplica(pod: V1Pod): boolean {
  return !(isOver(pod) && pod.metadata?.ownerReferences?.some(({ kind }) => kind === 'ReplicaSet'));
}

/** Whether the pod will run no more: it has failed as a whole, was evicted, or has done its work. */
export function isOver(pod: V1Pod): boolean {
  return pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
}

/** ISO 8601 of a time of the API server, which lists give as dates and watches as text. */
export function readTime(time: Date | string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

/** For sorting: workload, then ordinal, then the order of creation. */
export function compareReplicaPods(a: V1Pod, b: V1Pod): number {
  const order = (pod: V1Pod): number => LISTED_WORKLOADS.findIndex((workload) => workload === readWorkload(pod));
  return order(a) - order(b) || (readOrdinal(a) ?? 0) - (readOrdinal(b) ?? 0) || compareCreation(a, b);
}

/** For sorting: by creation, then by name. */
export function compareCreation(a: V1Pod, b: V1Pod): number {
  const createdAt = (pod: V1Pod): number => new Date(pod.metadata?.creationTimestamp ?? 0).getTime();
  return createdAt(a) - createdAt(b) || readName(a).localeCompare(readName(b));
}

/** The number at the end of the name of a StatefulSet's pod; of others none. */
export function readOrdinal(pod: V1Pod): number | undefined {
  if (!pod.metadata?.ownerReferences?.some(({ kind }) => kind === 'StatefulSet')) return undefined;
  const ordinal = /-(\d+)$/.exec(readName(pod))?.[1];
  return ordinal === undefined ? undefined : Number(ordinal);
}
