import { PatchStrategy, setHeaderOptions, type V1Deployment, type V1StatefulSet } from '@kubernetes/client-node';
import type { KubeClient } from './kube-client.ts';

/** What keeps a number of pods running, as kubectl writes it before a name. */
export type ControllerKind = 'deployment' | 'statefulset';

type Target = Readonly<Record<'name' | 'namespace', string>>;

/** What is asked of a Deployment and of a StatefulSet alike. */
export interface ControllerApi {
  read(target: Target): Promise<V1Deployment | V1StatefulSet>;
  /** A strategic merge patch. */
  patch(target: Target & { readonly body: object }): Promise<unknown>;
  scale(target: Target, replicas: number): Promise<unknown>;
}

const STRATEGIC = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
const MERGE = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/** The API of one kind; what it throws, `client.call` makes an AppError of. */
export function chooseApi({ apps }: KubeClient, kind: ControllerKind): ControllerApi {
  return kind === 'deployment'
    ? {
        read: (target) => apps.readNamespacedDeployment(target),
        patch: (target) => apps.patchNamespacedDeployment(target, STRATEGIC),
        scale: (target, replicas) =>
          apps.patchNamespacedDeploymentScale({ ...target, body: { spec: { replicas } } }, MERGE),
      }
    : {
        read: (target) => apps.readNamespacedStatefulSet(target),
        patch: (target) => apps.patchNamespacedStatefulSet(target, STRATEGIC),
        scale: (target, replicas) =>
          apps.patchNamespacedStatefulSetScale({ ...target, body: { spec: { replicas } } }, MERGE),
      };
}
