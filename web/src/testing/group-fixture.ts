import type { GroupSnapshot, Member, Partition, Pod } from '../../../lib/contracts/lab-snapshot.ts';

/** A pod as it is when nothing is the matter, with what a test says otherwise. */
export function buildPod(name: string, other: Partial<Pod> = {}): Pod {
  return {
    name,
    node: 'node-1',
    zone: null,
    phase: 'ready',
    reason: null,
    startedAt: 0,
    restarts: 0,
    memberId: `${name}-id`,
    isStatic: false,
    partitions: [],
    lag: 0,
    consumedPerSecond: 0,
    idleReason: null,
    isNextToGo: false,
    ...other,
  };
}

export function buildMember(clientId: string, other: Partial<Member> = {}): Member {
  return {
    memberId: `${clientId}-id`,
    clientId,
    host: '/10.0.0.1',
    pod: clientId,
    reads: 'topic',
    partitions: [],
    groupInstanceId: null,
    ghost: null,
    ...other,
  };
}

export function buildPartition(partition: number, owner: string | null, other: Partial<Partition> = {}): Partition {
  return {
    partition,
    owner,
    ownerMemberId: owner === null ? null : `${owner}-id`,
    logEndOffset: 0,
    committedOffset: 0,
    lag: 0,
    trend: 'steady',
    producedPerSecond: 0,
    consumedPerSecond: 0,
    movedAt: null,
    ...other,
  };
}

/** A group of the pods and members given. */
export function buildGroup(other: Partial<GroupSnapshot> = {}): GroupSnapshot {
  return {
    groupId: 'app',
    topic: 'app',
    deployment: 'consumer',
    state: 'Stable',
    assignor: 'cooperative-sticky',
    coordinator: null,
    generation: 1,
    wantedReplicas: null,
    isBalanced: true,
    imbalance: 0,
    lag: 0,
    producedPerSecond: 0,
    consumedPerSecond: 0,
    pods: [],
    members: [],
    membersLeftOut: 0,
    partitions: [],
    rebalances: [],
    returns: [],
    explanations: [],
    ...other,
  };
}
