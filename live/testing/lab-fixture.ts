/** A lab for tests, as those that watch it would tell of it. */
import type { GroupSnapshot, LabHistory, Member, Partition, Pod, Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import type { Contact } from '../../platforms/contact.ts';
import type { Fault } from '../../lib/contracts/replica.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { ClusterWatch } from '../cluster-watch.ts';
import type { GroupWatch } from '../group-watch.ts';

export const NOW = Date.parse('2026-11-24T10:00:00Z');

export function buildLabPod(name: string, facts: Partial<Pod> = {}): Pod {
  const partitions = facts.partitions ?? [];
  return {
    name,
    node: 'node-1',
    zone: 'zone-a',
    phase: 'ready',
    reason: null,
    startedAt: NOW - 60_000,
    restarts: 0,
    memberId: `${name}-m1`,
    isStatic: false,
    partitions,
    lag: 0,
    consumedPerSecond: 0,
    idleReason: facts.memberId === null || partitions.length > 0 ? null : 'the assignor gave it no partition',
    isNextToGo: false,
    ...facts,
  };
}

export function buildLabMember(clientId: string, facts: Partial<Member> = {}): Member {
  return {
    memberId: `${clientId}-m1`,
    clientId,
    host: '10.0.0.1',
    pod: clientId,
    reads: 'topic',
    partitions: [],
    groupInstanceId: null,
    ghost: null,
    ...facts,
  };
}

function buildLabPartition(partition: number, facts: Partial<Partition> = {}): Partition {
  return {
    partition,
    owner: null,
    ownerMemberId: null,
    logEndOffset: 100,
    committedOffset: 100,
    lag: 0,
    trend: 'steady',
    producedPerSecond: 0,
    consumedPerSecond: 0,
    movedAt: null,
    ...facts,
  };
}

export function buildRebalance(generation: number, facts: Partial<Rebalance> = {}): Rebalance {
  return {
    generation,
    at: NOW - 10_000,
    cause: { kind: 'scaled', sentence: 'scaled from 1 to 2 replicas' },
    completes: null,
    membersBefore: 1,
    membersAfter: 2,
    moves: [{ partition: 1, from: 'consumer-a', to: 'consumer-b' }],
    pauses: [],
    longestPauseMs: null,
    ...facts,
  };
}

/**
 * A group that is well: a pod for each share, which owns those partitions.
 *
 * @param shares what each pod owns, by name
 */
export function buildGroup(
  shares: Readonly<Record<string, readonly number[]>> = { 'consumer-a': [0, 1], 'consumer-b': [2] },
  facts: Partial<GroupSnapshot> = {},
): GroupSnapshot {
  const owned = Object.entries(shares);
  const sizes = owned.map(([, partitions]) => partitions.length);
  const imbalance = sizes.length === 0 ? 0 : Math.max(...sizes) - Math.min(...sizes);
  return {
    groupId: 'app',
    topic: 'app',
    deployment: 'consumer',
    state: owned.length === 0 ? 'Empty' : 'Stable',
    assignor: 'sticky',
    coordinator: 1,
    generation: 7,
    wantedReplicas: owned.length,
    isBalanced: owned.length > 0 && imbalance <= 1,
    imbalance,
    lag: 0,
    producedPerSecond: 0,
    consumedPerSecond: 0,
    pods: owned.map(([name, partitions]) => buildLabPod(name, { partitions: [...partitions] })),
    members: owned.map(([name, partitions]) => buildLabMember(name, { partitions: [...partitions] })),
    membersLeftOut: 0,
    partitions: owned.flatMap(([owner, partitions]) =>
      partitions.map((partition) => buildLabPartition(partition, { owner, ownerMemberId: `${owner}-m1` })),
    ),
    rebalances: [],
    returns: [],
    explanations: [{ rule: 'even', tone: 'good', sentence: 'the partitions are shared evenly' }],
    ...facts,
  };
}

/** Somebody to subscribe to, of whom a test says when something has changed. */
interface Announcer {
  readonly listeners: ReadonlySet<() => void>;
  announce(): void;
}

function createAnnouncer(): Announcer & { subscribe(listener: () => void): () => void } {
  const listeners = new Set<() => void>();
  return {
    listeners,
    announce: () => listeners.forEach((listener) => listener()),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export interface FakeGroupWatch extends GroupWatch, Announcer {
  current: GroupSnapshot;
}

export function createFakeGroupWatch(groupId: string, samples: LabHistory['samples'] = []): FakeGroupWatch {
  const contact: Contact = { isReachable: true, since: NOW };
  return {
    ...createAnnouncer(),
    current: buildGroup(undefined, { groupId }),
    group: { groupId, topic: 'app', deployment: 'consumer' },
    contact,
    snapshot() {
      return this.current;
    },
    history: () => ({ groupId, samples }),
    stop: () => Promise.resolve(),
  };
}

export type FakeClusterWatch = ClusterWatch & Announcer;

export function createFakeClusterWatch(): FakeClusterWatch {
  const state: ReturnType<ClusterWatch['snapshot']> = {
    kafka: {
      isReachable: true,
      since: NOW,
      underReplicated: 0,
      brokers: [
        {
          name: 'kafka-0',
          brokerId: 0,
          node: 'node-1',
          zone: null,
          phase: 'ready',
          isController: true,
          leaders: 3,
          replicas: 9,
          inSync: 9,
        },
      ],
    },
    zookeeper: { hasQuorum: null, servers: [] },
    producers: [{ name: 'producer-a', phase: 'ready' }],
    wantedProducers: null,
  };
  return {
    ...createAnnouncer(),
    snapshot: () => state,
    listReady: () => [],
    stop: () => Promise.resolve(),
  };
}

/** A platform that notes what it is told to do, as `scale consumer 3`, and fails when a test says so. */
export interface FakePlatform extends Platform {
  readonly done: string[];
  failure: Error | undefined;
}

export function createFakePlatform(): FakePlatform {
  const done: string[] = [];
  const perform = (what: string, failure: Error | undefined): Promise<void> => {
    done.push(what);
    return failure === undefined ? Promise.resolve() : Promise.reject(failure);
  };
  return {
    name: 'kubernetes',
    done,
    failure: undefined,
    addresses: { kafka: [], zookeeper: [], producer: 'http://producer', consumer: 'http://consumer' },
    scaleDownOrder: 'kubernetes',
    hasLastingUrls: false,
    faultKinds: { producer: ['kill'], consumer: ['kill', 'pause'], kafka: [], zookeeper: [] },
    listReplicas: () => Promise.resolve([]),
    readScale: () => Promise.resolve(undefined),
    scale(workload, replicas) {
      return perform(`scale ${workload} ${String(replicas)}`, this.failure);
    },
    inject({ kind, target }: Fault) {
      return perform(`${kind} ${target}`, this.failure);
    },
    subscribe: () => () => undefined,
  };
}
