/** A rolling update of what the manifests describe anyway, as `kubectl rollout restart` makes one, or with other variables. */
import type { V1Deployment, V1StatefulSet } from '@kubernetes/client-node';
import { AppError } from '../../lib/errors/app-error.ts';
import { isScalable, type Replica, type ServiceVariables, type Workload } from '../../lib/contracts/replica.ts';
import { waitUntil } from '../wait-until.ts';
import { requireService } from '../require-service.ts';
import { chooseApi } from './controller-api.ts';
import { findKind, type WatchedControllers } from './controllers.ts';
import type { KubeClient } from './kube-client.ts';
import { buildVariablesPatch } from './service-variables.ts';

interface RestartRolloutOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Which of the services run as what. */
  readonly controllers: Pick<WatchedControllers, 'list'>;
  /** The replicas there are now, with their phases. */
  readonly listReplicas: (workload: Workload) => Promise<readonly Replica[]>;
  /** @default { timeoutMs: 600000, lookMs: 1000 } */
  readonly timing?: { readonly timeoutMs: number; readonly lookMs: number };
}

/** A change of it is a change of the pods' template, and so a new revision. */
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
/** Fifty consumers, each of which is watched for five seconds, and two brokers that take minutes. */
const TIMING = { timeoutMs: 600_000, lookMs: 1000 };

/**
 * Has every pod of a workload replaced by its controller, and waits until none of the old ones is left and all are ready.
 *
 * @param variables what its containers get beside what they have
 * @throws AppError `no-such-target` when the workload is not deployed
 * @throws AppError `conflict` when it is a Deployment that is paused
 * @throws AppError `timed-out` with what is missing; the controller goes on by itself
 */
export async function restartRollout(
  options: RestartRolloutOptions,
  workload: Workload,
  variables?: ServiceVariables,
): Promise<void> {
  const { client, namespace, listReplicas, timing = TIMING } = options;
  // Brokers and ZooKeeper servers are StatefulSets in every case.
  const kind = isScalable(workload) ? findKind(options.controllers.list(), workload) : 'statefulset';
  const api = chooseApi(client, kind);
  const target = { name: workload, namespace };
  const before = new Set((await listReplicas(workload)).map(({ uid }) => uid));
  const annotations = { [RESTARTED_AT]: new Date().toISOString() };
  const template = { metadata: { annotations }, ...buildSpec(workload, variables) };
  await client.call(`restart ${kind}/${workload} of namespace ${namespace}`, () =>
    api.patch({ ...target, body: { spec: { template } } }),
  );
  const isComplete = async (): Promise<true> => {
    const rollout = await client.call(`read ${kind}/${workload}`, () => api.read(target));
    // The status of the controller, and what the watch of the pods knows, in any order.
    const missing =
      explainRollout(rollout) ?? explainReplicas(await listReplicas(workload), rollout.spec?.replicas ?? 1, before);
    if (missing !== undefined) throw new Error(missing);
    return true;
  };
  await waitUntil(isComplete, {
    what: `every replica of ${workload} to be replaced`,
    timeoutMs: timing.timeoutMs,
    intervalMs: timing.lookMs,
  });
}

function buildSpec(workload: Workload, variables?: ServiceVariables): { readonly spec?: object } {
  if (variables === undefined) return {};
  requireService(workload);
  return { spec: buildVariablesPatch(workload, variables) };
}

type Rollout = V1Deployment | V1StatefulSet;
/**
 * What a rollout lacks, by its status, or nothing when it is complete. As `kubectl rollout status` has it, and for a
 * StatefulSet also that the new revision is the current one.
 *
 * @throws AppError `conflict` when it is paused: it would not come to its end by itself
 */
export function explainRollout({ metadata, spec, status }: Rollout): string | undefined {
  if (spec !== undefined && 'paused' in spec && spec.paused) {
    throw new AppError('conflict', `${metadata?.name ?? ''} is paused and replaces nothing until it is resumed`);
  }
  const isSeen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  return isSeen ? explainStatus(status, spec?.replicas ?? 1) : 'its controller has not seen it yet';
}

function explainStatus(status: Rollout['status'], wanted: number): string | undefined {
  const [total = 0, updated = 0, available = 0] = [
    status?.replicas,
    status?.updatedReplicas,
    status?.availableReplicas,
  ];
  const of = (count: number): string => `${String(count)} of ${String(wanted)}`;
  if (updated < wanted) return `${of(updated)} replaced, ${of(available)} ready`;
  if (total > updated) return `${String(total - updated)} of the old ones left`;
  if (available < wanted) return `all replaced, ${of(available)} ready`;
  const isCurrent =
    status === undefined || !('currentRevision' in status) || status.currentRevision === status.updateRevision;
  return isCurrent ? undefined : 'the new revision is not the current one yet';
}

function explainReplicas(
  replicas: readonly Replica[],
  wanted: number,
  before: ReadonlySet<string>,
): string | undefined {
  const late = replicas.filter(({ uid, phase }) => before.has(uid) || phase !== 'ready');
  if (late.length === 0) return replicas.length < wanted ? 'the newest is not listed yet' : undefined;
  return late.map(({ name, uid, phase }) => `${name} is ${before.has(uid) ? 'an old one, ' : ''}${phase}`).join(', ');
}
