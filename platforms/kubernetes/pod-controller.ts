import type { V1Pod } from '@kubernetes/client-node';

const TEMPLATE_HASH_LABEL = 'pod-template-hash';

/**
 * The Deployment or StatefulSet that a pod belongs to, by name. A Deployment's ReplicaSet, which controls the pod, is
 * named after it and the hash of the pod's template.
 */
export function readController(pod: V1Pod): string | undefined {
  const owner = pod.metadata?.ownerReferences?.find(({ controller }) => controller);
  if (owner?.kind === 'StatefulSet') return owner.name;
  const hash = pod.metadata?.labels?.[TEMPLATE_HASH_LABEL];
  const suffix = `-${hash ?? ''}`;
  const isOfDeployment = owner?.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(suffix);
  return isOfDeployment ? owner.name.slice(0, -suffix.length) : undefined;
}

/** The number of a StatefulSet's pod by its name, which begins with the set's; nothing when it is no name of its pods. */
export function readPodOrdinal(pod: string, statefulSet: string): number | undefined {
  const suffix = pod.startsWith(`${statefulSet}-`) ? pod.slice(statefulSet.length + 1) : '';
  return /^(0|[1-9]\d*)$/.test(suffix) ? Number(suffix) : undefined;
}
