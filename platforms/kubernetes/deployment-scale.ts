import { PatchStrategy, setHeaderOptions, type V1Deployment } from '@kubernetes/client-node';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { ScalableWorkload, Workload } from '../../lib/contracts/replica.ts';
import { requireScale } from '../require-scale.ts';
import type { KubeClient } from './kube-client.ts';
import { readWorkload } from './lab-pods.ts';
import type { Change, WatchedResource } from './watch-resource.ts';

interface DeploymentScaleOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly deployments: WatchedResource<V1Deployment>;
}

/** So long a scaling is waited for until it is told; it has happened before that. */
const TOLD_TIMEOUT_MS = 5000;

/**
 * Sets the number of replicas of a Deployment, and returns when its watch has seen it.
 *
 * @throws AppError `invalid-request` for anything but a whole number from 0 to 50
 * @throws AppError `no-such-target` when there is no such Deployment
 */
export async function scaleDeployment(
  { client, namespace, deployments }: DeploymentScaleOptions,
  workload: ScalableWorkload,
  replicas: number,
): Promise<void> {
  requireScale(workload, replicas);
  await client.call(`scale deployment ${workload} of namespace ${namespace}`, () =>
    client.apps.patchNamespacedDeploymentScale(
      { name: workload, namespace, body: { spec: { replicas } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    ),
  );
  // Otherwise the next scaling could overtake this one, and a list would show both as one.
  await deployments.waitFor(
    (items) => items.some((item) => readWorkload(item) === workload && readReplicas(item) === replicas),
    TOLD_TIMEOUT_MS,
  );
}

type Scaling = Extract<PlatformEvent, { kind: 'scaled' }>;

/** The event that a change of a Deployment of the lab is, if its number of replicas has changed, by whomever. */
export function readScaling(change: Change<V1Deployment>): Scaling | undefined {
  const workload = readWorkload(change.object);
  return workload === undefined ? undefined : readScalingOf(change, workload);
}

/** As `readScaling`, for a Deployment whose pods are of that workload. */
export function readScalingOf(change: Change<V1Deployment>, workload: Workload): Scaling | undefined {
  if (change.kind !== 'changed') return undefined;
  const from = readReplicas(change.before);
  const to = readReplicas(change.object);
  return from === to ? undefined : { at: Date.now(), kind: 'scaled', workload, from, to };
}

/** How many replicas the Deployment of a workload was told to have; nothing when there is none. */
export function readWantedReplicas(
  deployments: readonly V1Deployment[],
  workload: ScalableWorkload,
): number | undefined {
  const deployment = deployments.find((candidate) => readWorkload(candidate) === workload);
  return deployment && readReplicas(deployment);
}

/** How many replicas a Deployment was told to have. */
export function readReplicas(deployment: V1Deployment): number {
  return deployment.spec?.replicas ?? 1;
}
