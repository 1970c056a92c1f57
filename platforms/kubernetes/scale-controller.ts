import type { ScalableWorkload } from '../../lib/contracts/replica.ts';
import { requireScale } from '../require-scale.ts';
import { chooseApi } from './controller-api.ts';
import { findKind, type WatchedControllers } from './controllers.ts';
import type { KubeClient } from './kube-client.ts';

interface ScaleControllerOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly controllers: Pick<WatchedControllers, 'list' | 'waitFor'>;
}

/** So long a scaling is waited for until it is told; it has happened before that. */
const TOLD_TIMEOUT_MS = 5000;

/**
 * Sets the number of replicas of a service's Deployment or StatefulSet, and returns when its watch has seen it.
 *
 * @throws AppError `invalid-request` for anything but a whole number from 0 to 50
 * @throws AppError `no-such-target` when the service is not deployed
 */
export async function scaleController(
  { client, namespace, controllers }: ScaleControllerOptions,
  workload: ScalableWorkload,
  replicas: number,
): Promise<void> {
  requireScale(workload, replicas);
  const kind = findKind(controllers.list(), workload);
  await client.call(`scale ${kind} ${workload} of namespace ${namespace}`, () =>
    chooseApi(client, kind).scale({ name: workload, namespace }, replicas),
  );
  // Otherwise the next scaling could overtake this one, and a list would show both as one.
  await controllers.waitFor(
    (controller) => controller.workload === workload && controller.replicas === replicas,
    TOLD_TIMEOUT_MS,
  );
}
