/** ConsumerGroups for tests, and a cluster that notes what is written into it. */
import type { GroupSnapshot } from '../../../lib/contracts/lab-snapshot.ts';
import type { GroupReplica } from '../../../groups/group-replica.ts';
import type { EventToApply } from '../../../platforms/kubernetes/apply.ts';
import type { ConsumerGroup, ConsumerGroupStatus } from '../consumer-group.ts';
import type { ClusterWriter } from '../reconcile-group.ts';

export function buildConsumerGroup(
  facts: {
    readonly name?: string;
    readonly generation?: number;
    readonly spec?: Partial<ConsumerGroup['spec']>;
    readonly status?: ConsumerGroup['status'];
  } = {},
): ConsumerGroup {
  return {
    metadata: {
      name: facts.name ?? 'app',
      namespace: 'kafka-lab',
      uid: '0a1b2c3d-1111-2222-3333-444455556666',
      generation: facts.generation ?? 1,
    },
    spec: { groupId: 'app', topic: 'app', deployment: 'consumer', idleFirstScaleDown: true, ...facts.spec },
    ...(facts.status && { status: facts.status }),
  };
}

/** The replicas behind the pods of a snapshot, with the deletion costs that they have. */
export function buildReplicas(
  { pods }: GroupSnapshot,
  costs: Readonly<Record<string, number | undefined>> = {},
): readonly GroupReplica[] {
  return pods.map(({ name, node, phase, restarts }) => ({
    name,
    uid: `uid-${name}`,
    ordinal: undefined,
    node,
    zone: undefined,
    phase,
    startedAt: undefined,
    restarts,
    deletionCost: costs[name],
  }));
}

export interface FakeWriter extends ClusterWriter {
  readonly statuses: ConsumerGroupStatus[];
  readonly events: EventToApply[];
  /** As `consumer-a 2`, or `consumer-a -` when the cost was taken back. */
  readonly costs: string[];
  /** Client ids of those who were taken out of the group. */
  readonly removed: string[];
  /** Thrown by what writes `status`, `event`, or the cost of the pod of that name. */
  readonly failures: Map<string, Error>;
}

export function createFakeWriter(): FakeWriter {
  const failures = new Map<string, Error>();
  const attempt = (what: string, write: () => void): Promise<void> => {
    const failure = failures.get(what);
    if (failure !== undefined) return Promise.reject(failure);
    write();
    return Promise.resolve();
  };
  const [statuses, events]: [ConsumerGroupStatus[], EventToApply[]] = [[], []];
  const [costs, removed]: [string[], string[]] = [[], []];
  return {
    statuses,
    events,
    costs,
    removed,
    failures,
    writeStatus: (_about, status) => attempt('status', () => statuses.push(status)),
    writeEvent: (event) => attempt('event', () => events.push(event)),
    removeMember: (_groupId, { clientId }) => attempt(clientId, () => removed.push(clientId)),
    writeDeletionCost: ({ name }, cost) => attempt(name, () => costs.push(`${name} ${String(cost ?? '-')}`)),
  };
}
