import type { V1Deployment, V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import type { KubeClient } from './kube-client.ts';
import type { WatchResourceOptions } from './watch-resource.ts';

/** Where a collection is listed and watched. */
export type Location<T extends V1Pod | V1Deployment | V1StatefulSet> = Pick<
  WatchResourceOptions<T>,
  'path' | 'labelSelector' | 'list' | 'what'
>;

/** The pods of a namespace, or those that a label selector selects. */
export function locatePods(client: KubeClient, namespace: string, labelSelector = ''): Location<V1Pod> {
  return {
    path: `/api/v1/namespaces/${namespace}/pods`,
    labelSelector,
    list: () => client.core.listNamespacedPod({ namespace, labelSelector }),
    what: `the pods of namespace ${namespace}`,
  };
}

/** The Deployments of a namespace, or those that a label selector selects. */
export function locateDeployments(client: KubeClient, namespace: string, labelSelector = ''): Location<V1Deployment> {
  return {
    path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    labelSelector,
    list: () => client.apps.listNamespacedDeployment({ namespace, labelSelector }),
    what: `the deployments of namespace ${namespace}`,
  };
}

/** The StatefulSets of a namespace, or those that a label selector selects. */
export function locateStatefulSets(client: KubeClient, namespace: string, labelSelector = ''): Location<V1StatefulSet> {
  return {
    path: `/apis/apps/v1/namespaces/${namespace}/statefulsets`,
    labelSelector,
    list: () => client.apps.listNamespacedStatefulSet({ namespace, labelSelector }),
    what: `the StatefulSets of namespace ${namespace}`,
  };
}
