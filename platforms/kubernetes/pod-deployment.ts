import type { V1Pod } from '@kubernetes/client-node';

const TEMPLATE_HASH_LABEL = 'pod-template-hash';

/** The Deployment that a pod belongs to: its ReplicaSet is named after that and the hash of the pod's template. */
export function readDeployment(pod: V1Pod): string | undefined {
  const replicaSet = pod.metadata?.ownerReferences?.find(({ kind, controller }) => kind === 'ReplicaSet' && controller);
  const hash = pod.metadata?.labels?.[TEMPLATE_HASH_LABEL];
  const suffix = `-${hash ?? ''}`;
  return hash !== undefined && replicaSet?.name.endsWith(suffix) ? replicaSet.name.slice(0, -suffix.length) : undefined;
}
