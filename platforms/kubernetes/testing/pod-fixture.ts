import type { V1Pod } from '@kubernetes/client-node';
import type { Workload } from '../../../lib/contracts/replica.ts';

/** What differs from a pod that runs and is ready. */
export interface PodFixture {
  readonly workload?: Workload;
  readonly name?: string;
  readonly uid?: string;
  readonly createdAt?: string;
  readonly deletedAt?: string;
  readonly node?: string;
  readonly owner?: 'ReplicaSet' | 'StatefulSet';
  /** Makes it a pod of that Deployment, whose template has the hash `5b45f56f77`. */
  readonly deployment?: string;
  /** Makes it a pod of that StatefulSet. */
  readonly statefulSet?: string;
  /** A pod without the lab's labels. */
  readonly isForeign?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly podIP?: string;
  readonly podPhase?: string;
  readonly podReason?: string;
  readonly conditions?: readonly Readonly<Record<string, string>>[];
  readonly state?: Readonly<Record<string, unknown>>;
  readonly lastState?: Readonly<Record<string, unknown>>;
  readonly started?: boolean;
  readonly restarts?: number;
  readonly containerId?: string;
}

const TEMPLATE_HASH = '5b45f56f77';
export const STARTED_AT = '2026-11-22T17:53:43Z';

const READY = {
  workload: 'consumer',
  createdAt: '2026-11-22T17:53:41Z',
  deletedAt: undefined,
  node: 'kafka-lab-worker',
  owner: 'ReplicaSet',
  podPhase: 'Running',
  podReason: undefined,
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'True', lastTransitionTime: '2026-11-22T17:53:46Z' },
  ],
  state: { running: { startedAt: STARTED_AT } },
  lastState: {},
  restarts: 0,
  containerId: 'containerd://828bfb23',
} as const;

/** A pod as a watch gives it: as the JSON of the API server, with times as text. */
export function buildPod(fixture: PodFixture = {}): V1Pod {
  const values = { ...READY, ...fixture };
  const { workload, name = `${workload}-5b45f56f77-khf4s` } = { name: undefined, ...values };
  const owner = { kind: values.owner, uid: 'owner', apiVersion: 'apps/v1' };
  const pod = {
    metadata: {
      name,
      uid: fixture.uid ?? `uid-of-${name}`,
      resourceVersion: '1',
      creationTimestamp: values.createdAt,
      deletionTimestamp: values.deletedAt,
      labels: {
        ...(!fixture.isForeign && { 'app.kubernetes.io/name': workload, 'app.kubernetes.io/part-of': 'kafka-lab' }),
        ...(fixture.deployment && { 'pod-template-hash': TEMPLATE_HASH }),
      },
      annotations: fixture.annotations,
      ownerReferences: [
        fixture.deployment
          ? { ...owner, name: `${fixture.deployment}-${TEMPLATE_HASH}`, controller: true }
          : fixture.statefulSet
            ? { ...owner, kind: 'StatefulSet', name: fixture.statefulSet, controller: true }
            : { ...owner, name: 'owner' },
      ],
    },
    spec: { nodeName: values.node, containers: [{ name: workload }] },
    status: {
      phase: values.podPhase,
      podIP: fixture.podIP,
      reason: values.podReason,
      conditions: values.conditions,
      containerStatuses: [
        {
          name: workload,
          restartCount: values.restarts,
          containerID: values.containerId,
          started: fixture.started ?? fixture.state === undefined,
          state: values.state,
          lastState: values.lastState,
        },
      ],
    },
  };
  return pod as unknown as V1Pod;
}
