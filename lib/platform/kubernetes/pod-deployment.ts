import type { V1Pod } from '@kubernetes/client-node';
import { readName } from './lab-pods.ts';

const TEMPLATE_HASH_LABEL = 'pod-template-hash';

/** The Deployment that a pod belongs to: its ReplicaSet is named after that and the hash of the pod's template. */
export function readDeployment(pod: V1Pod): string | undefined {
  const replicaSet = pod.metadata?.ownerReferences?.find(({ kind, controller }) => kind === 'ReplicaSet' && controller);
  const hash = pod.metadata?.labels?.[TEMPLATE_HASH_LABEL];
  const suffix = `-${hash ?? ''}`;
  return hash !== undefined && replicaSet?.name.endsWith(suffix) ? replicaSet.name.slice(0, -suffix.length) : undefined;
}

/** For sorting: by creation, then by name. */
export function compareCreation(a: V1Pod, b: V1Pod): number {
  const createdAt = (pod: V1Pod): number => new Date(pod.metadata?.creationTimestamp ?? 0).getTime();
  return createdAt(a) - createdAt(b) || readName(a).localeCompare(readName(b));
}
