/** Drain as `kubectl drain` does it (https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/), for one namespace's pods. */
import { PatchStrategy, setHeaderOptions, type V1Pod } from '@kubernetes/client-node';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import { waitUntil } from '../wait-until.ts';
import { readNode } from './describe-replica.ts';
import type { KubeClient } from './kube-client.ts';
import { isOver, readName, readUid } from './lab-pods.ts';

interface NodeOptions {
  readonly client: KubeClient;
  /** The only namespace whose pods are moved. */
  readonly namespace: string;
  readonly emit: (event: PlatformEvent) => void;
  /** @default { timeoutMs: 300000, lookMs: 2000 } */
  readonly timing?: { readonly timeoutMs: number; readonly lookMs: number };
}

const TIMING = { timeoutMs: 300_000, lookMs: 2000 };
/** Whom a node's own pods belong to: a DaemonSet would start them again there at once, and a static pod is the node's. */
const STAYING_OWNERS: ReadonlySet<string> = new Set(['DaemonSet', 'Node']);

/**
 * Cordons a node, evicts the namespace's pods from it, and waits until they are gone. A disruption budget that refuses
 * is asked again.
 *
 * @throws AppError `no-such-target` when there is no such node
 * @throws AppError otherwise as of the API server, and `timed-out`: the node stays cordoned, and the sentence says what
 *   takes that back
 */
export async function drainNode(options: NodeOptions, node: string): Promise<void> {
  const { client, namespace, emit, timing = TIMING } = options;
  await setUnschedulable(client, node, true);
  emit({ at: Date.now(), kind: 'node', node, action: 'cordoned' });
  const round = async (): Promise<true> => {
    const pods = await listPods(client, namespace, node);
    const left = await Promise.all(pods.map((pod) => evict(client, namespace, pod)));
    if (left.length > 0) throw new Error(left.join('; '));
    return true;
  };
  try {
    await waitUntil(round, {
      what: `the pods of namespace ${namespace} to leave node ${node}`,
      timeoutMs: timing.timeoutMs,
      intervalMs: timing.lookMs,
    });
  } catch (error) {
    const { code = 'internal', retriable = false, details = {} } = error instanceof AppError ? error : {};
    const advice = `the node stays cordoned until \`kubectl --context ${client.context} uncordon ${node}\``;
    throw new AppError(code, `${messageOf(error)}; ${advice}`, { retriable, details, cause: error });
  }
  emit({ at: Date.now(), kind: 'node', node, action: 'drained' });
}

/** Lets a node take pods again. @throws AppError `no-such-target` when there is no such node */
export async function uncordonNode({ client, emit }: NodeOptions, node: string): Promise<void> {
  await setUnschedulable(client, node, false);
  emit({ at: Date.now(), kind: 'node', node, action: 'uncordoned' });
}

async function setUnschedulable(client: KubeClient, node: string, unschedulable: boolean): Promise<void> {
  await client.call(`${unschedulable ? 'cordon' : 'uncordon'} node ${node}`, () =>
    client.core.patchNode(
      { name: node, body: { spec: { unschedulable } } },
      setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
    ),
  );
}

/** The pods that have to go: neither those that have ended nor those that belong to the node. */
async function listPods(client: KubeClient, namespace: string, node: string): Promise<readonly V1Pod[]> {
  const { items } = await client.call(`list the pods of namespace ${namespace} on node ${node}`, () =>
    client.core.listNamespacedPod({ namespace, fieldSelector: `spec.nodeName=${node}` }),
  );
  return items.filter((pod) => {
    const isStaying = pod.metadata?.ownerReferences?.some(({ kind }) => STAYING_OWNERS.has(kind)) ?? false;
    return readNode(pod) === node && !isOver(pod) && !isStaying;
  });
}

/**
 * Asks for the eviction of a pod, unless it ends already.
 *
 * @returns why it is still there, for people
 * @throws AppError when asking again cannot help
 */
async function evict(client: KubeClient, namespace: string, pod: V1Pod): Promise<string> {
  const name = readName(pod);
  if (pod.metadata?.deletionTimestamp !== undefined) return `${name} is ending`;
  const body: object = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    // Not a successor of the same name.
    deleteOptions: { preconditions: { uid: readUid(pod) } },
  };
  try {
    await client.call(`evict ${name}`, () => client.core.createNamespacedPodEviction({ name, namespace, body }));
    return `${name} is ending`;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Gone, or replaced by another, since it was listed; and what may be otherwise the next time: a budget that refuses.
    if (error.code === 'no-such-target' || error.code === 'conflict' || error.retriable) return error.message;
    throw error;
  }
}
