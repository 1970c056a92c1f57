/**
 * Server-side apply: what is sent is what is wanted of this writer's fields, and all else stays with whoever owns it
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/).
 */
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { DELETION_COST_ANNOTATION } from './deletion-cost.ts';
import type { KubeClient } from './kube-client.ts';

/** As whom the operator writes. */
const FIELD_MANAGER = 'kafka-lab-operator';
const HOW = { fieldManager: FIELD_MANAGER, force: true } as const;
const APPLY = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply);

/** One object of a namespace. The uid keeps what is meant for one object from its successor of the same name. */
export interface ObjectReference {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** A kind that a CustomResourceDefinition defines. */
export interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
}

/** @throws AppError `no-such-target`, `conflict` when the object is gone or another; as `KubeClient.call` */
export async function applyStatus(
  client: KubeClient,
  { group, version, kind, plural }: CustomKind,
  { namespace, name, uid }: ObjectReference,
  status: object,
): Promise<void> {
  const body = { apiVersion: `${group}/${version}`, kind, metadata: { namespace, name, uid }, status };
  await client.call(`write the status of ${plural}/${name}`, () =>
    client.custom.patchNamespacedCustomObjectStatus({ group, version, plural, namespace, name, body, ...HOW }, APPLY),
  );
}

/**
 * Sets a pod's deletion cost, or takes back what was set.
 *
 * @throws AppError `no-such-target`, `conflict` when the pod is gone or another; as `KubeClient.call`
 */
export async function applyDeletionCost(
  client: KubeClient,
  { namespace, name, uid }: ObjectReference,
  cost: number | undefined,
): Promise<void> {
  const annotations = cost === undefined ? {} : { [DELETION_COST_ANNOTATION]: String(cost) };
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, uid, annotations } };
  await client.call(`set the deletion cost of pod ${name}`, () =>
    client.core.patchNamespacedPod({ namespace, name, body, ...HOW }, APPLY),
  );
}

/** An Event about an object. Its name decides whether it is told once or again. */
export interface EventToApply {
  readonly name: string;
  readonly about: ObjectReference & Pick<CustomKind, 'group' | 'version' | 'kind'>;
  readonly reason: string;
  readonly message: string;
  readonly type: 'Normal' | 'Warning';
  /** When it happened, ISO 8601. */
  readonly at: string;
}

/** @throws AppError as `KubeClient.call` */
export async function applyEvent(client: KubeClient, event: EventToApply): Promise<void> {
  const { name, about, reason, message, type, at } = event;
  const { namespace } = about;
  const seconds = `${at.slice(0, 19)}Z`;
  const body = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name },
    involvedObject: {
      apiVersion: `${about.group}/${about.version}`,
      kind: about.kind,
      namespace,
      name: about.name,
      uid: about.uid,
    },
    reason,
    message,
    type,
    firstTimestamp: seconds,
    lastTimestamp: seconds,
    count: 1,
    source: { component: FIELD_MANAGER },
    reportingComponent: FIELD_MANAGER,
    reportingInstance: FIELD_MANAGER,
  };
  await client.call(`tell event ${name}`, () =>
    client.core.patchNamespacedEvent({ namespace, name, body, ...HOW }, APPLY),
  );
}
