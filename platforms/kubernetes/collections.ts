import type { V1Deployment, V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import type { KubeClient } from './kube-client.ts';
import type { WatchResourceOptions } from './watch-resource.ts';

/** Where a collection is listed and watched. */
export type Location<T extends V1Pod | V1Deployment | V1StatefulSet> = Pick<
  WatchResourceOptions<T>,
  'path' | 'labelSelector' | 'list' | 'what'
>;

/** The pods of a namespace, or those that a label selector selects. */
export function locatePods({ core }: KubeClient, namespace: string, labelSelector = ''): Location<V1Pod> {
  return locate('/api/v1', 'pods', { namespace, labelSelector }, (selection) => core.listNamespacedPod(selection));
}

/** The Deployments of a namespace, or those that a label selector selects. */
export function locateDeployments({ apps }: KubeClient, namespace: string, labelSelector = ''): Location<V1Deployment> {
  const list: Lister<V1Deployment> = (selection) => apps.listNamespacedDeployment(selection);
  return locate('/apis/apps/v1', 'deployments', { namespace, labelSelector }, list);
}

/** The StatefulSets of a namespace, or those that a label selector selects. */
export function locateStatefulSets(
  { apps }: KubeClient,
  namespace: string,
  labelSelector = '',
): Location<V1StatefulSet> {
  const list: Lister<V1StatefulSet> = (selection) => apps.listNamespacedStatefulSet(selection);
  return locate('/apis/apps/v1', 'statefulsets', { namespace, labelSelector }, list);
}

type Selection = Readonly<Record<'namespace' | 'labelSelector', string>>;
type Lister<T extends V1Pod | V1Deployment | V1StatefulSet> = (selection: Selection) => ReturnType<Location<T>['list']>;

function locate<T extends V1Pod | V1Deployment | V1StatefulSet>(
  api: string,
  plural: string,
  selection: Selection,
  list: Lister<T>,
): Location<T> {
  const { namespace, labelSelector } = selection;
  return {
    path: `${api}/namespaces/${namespace}/${plural}`,
    labelSelector,
    list: () => list(selection),
    what: `the ${plural} of namespace ${namespace}`,
  };
}
