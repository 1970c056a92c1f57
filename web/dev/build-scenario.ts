import type { LabSnapshot, Member, Partition, Pod, Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import { describeCluster, ZONES } from './describe-cluster.ts';
import { explainScene } from './explain-scene.ts';
import { assignSticky } from './assign-sticky.ts';

export interface ScenarioOptions {
  readonly pods: number;
  readonly partitions: number;
}

/** A lab that never was: each call of `next` is half a second later. */
export interface Scenario {
  next(at: number): LabSnapshot;
}

interface Step {
  /** Half seconds until the next step. */
  readonly lasts: number;
  readonly act: (scene: Scene) => Rebalance['cause'] | null;
}

/** The state behind the snapshots. */
export interface Scene {
  readonly options: ScenarioOptions;
  pods: Pod[];
  ghosts: Member[];
  owners: Map<number, string>;
  lags: number[];
  offsets: number[];
  movedAt: (number | null)[];
  rebalances: Rebalance[];
  generation: number;
  members: number;
  created: number;
}

const RATE_PER_PARTITION = 12;

/** A group that scales up and down, loses a pod, rolls and begins again, for work on the page without a cluster. */
export function buildScenario(options: ScenarioOptions, startedAt: number): Scenario {
  const scene: Scene = {
    options,
    pods: [],
    ghosts: [],
    owners: new Map(),
    lags: Array.from({ length: options.partitions }, () => 0),
    offsets: Array.from({ length: options.partitions }, (_, index) => 5000 + index * 37),
    movedAt: Array.from({ length: options.partitions }, () => null),
    rebalances: [],
    generation: 1,
    members: 0,
    created: 0,
  };
  const half = Math.max(1, Math.ceil(options.pods * 0.6));
  addPods(scene, half, startedAt);
  share(scene, startedAt, null);
  const steps = listSteps(options, half);
  let step = 0;
  let ticks = 0;

  return {
    next: (at) => {
      const current = steps[step % steps.length];
      if (current !== undefined && ticks >= current.lasts) {
        ticks = 0;
        step += 1;
        const cause = current.act(scene);
        if (cause !== null) share(scene, at, cause);
      }
      ticks += 1;
      expireGhosts(scene, at);
      work(scene);
      return toSnapshot(scene, at);
    },
  };
}

function listSteps({ pods }: ScenarioOptions, half: number): Step[] {
  return [
    { lasts: 10, act: (scene) => scaleTo(scene, pods) },
    { lasts: 10, act: killOne },
    { lasts: 24, act: (scene) => scaleTo(scene, half) },
    { lasts: 10, act: roll },
    { lasts: 8, act: roll },
    { lasts: 8, act: roll },
  ];
}

function addPods(scene: Scene, count: number, at: number): void {
  for (let added = 0; added < count; added += 1) {
    scene.created += 1;
    const zone = ZONES[scene.created % ZONES.length] ?? null;
    scene.pods.push({
      name: `consumer-7d9f8c6b5-${(scene.created * 7919 + 46_655).toString(36).padStart(5, 'x')}`,
      node: `worker-${zone ?? '0'}1`,
      zone,
      phase: 'ready',
      reason: null,
      startedAt: at,
      restarts: 0,
      memberId: `member-${scene.created}`,
      partitions: [],
      lag: 0,
      consumedPerSecond: 0,
      idleReason: null,
      isNextToGo: false,
    });
  }
}

function scaleTo(scene: Scene, wanted: number): Rebalance['cause'] {
  const had = scene.pods.length;
  if (wanted > had) addPods(scene, wanted - had, Date.now());
  else scene.pods = scene.pods.slice(0, wanted);
  return { kind: 'scaled', sentence: `The Deployment was scaled from ${had} to ${wanted} replicas.` };
}

function killOne(scene: Scene): null {
  const victim = scene.pods[Math.floor(scene.pods.length / 2)];
  if (victim === undefined) return null;
  const partitions = [...scene.owners].filter(([, owner]) => owner === victim.name).map(([partition]) => partition);
  scene.pods = scene.pods.filter((pod) => pod !== victim);
  scene.ghosts.push({
    memberId: victim.memberId ?? victim.name,
    clientId: victim.name,
    host: '/10.244.1.7',
    pod: null,
    reads: 'topic',
    partitions,
    ghost: { reason: 'Its process was killed and could not leave the group', expiresAt: Date.now() + 8000 },
  });
  return null;
}

function roll(scene: Scene): Rebalance['cause'] {
  const [oldest] = scene.pods;
  scene.pods = scene.pods.slice(1);
  addPods(scene, 1, Date.now());
  return { kind: 'rolled', sentence: `A rollout replaced ${oldest?.name ?? 'a pod'} by a new pod.` };
}

function expireGhosts(scene: Scene, at: number): void {
  const gone = scene.ghosts.filter(({ ghost }) => (ghost?.expiresAt ?? Infinity) <= at);
  if (gone.length === 0) return;
  scene.ghosts = scene.ghosts.filter((ghost) => !gone.includes(ghost));
  const name = gone[0]?.clientId ?? 'a member';
  share(scene, at, { kind: 'session-expired', sentence: `The session of ${name} expired after it was killed.` });
}

function share(scene: Scene, at: number, cause: Rebalance['cause'] | null): void {
  const names = scene.pods.map(({ name }) => name);
  const before = new Map(scene.owners);
  scene.owners = assignSticky(scene.options.partitions, names, before);
  const membersBefore = scene.members;
  scene.members = names.length;
  if (cause === null) return;
  const moves = [...scene.owners]
    .filter(([partition, owner]) => before.get(partition) !== owner)
    .map(([partition, to]) => ({ partition, from: before.get(partition) ?? null, to }));
  for (const { partition } of moves) scene.movedAt[partition] = at;
  const pauses = moves.map(({ partition }) => ({ partition, pauseMs: 180 + ((partition * 137) % 900) }));
  scene.generation += 1;
  scene.rebalances.unshift({
    generation: scene.generation,
    at,
    cause,
    membersBefore,
    membersAfter: names.length,
    moves,
    pauses,
    longestPauseMs: pauses.length === 0 ? null : Math.max(...pauses.map(({ pauseMs }) => pauseMs)),
  });
  scene.rebalances = scene.rebalances.slice(0, 20);
}

/** Half a second of records: those of a ghost wait, and are caught up with later. */
function work(scene: Scene): void {
  const names = new Set(scene.pods.map(({ name }) => name));
  scene.lags = scene.lags.map((lag, partition) => {
    scene.offsets[partition] = (scene.offsets[partition] ?? 0) + RATE_PER_PARTITION / 2;
    const isRead = names.has(scene.owners.get(partition) ?? '');
    return isRead ? Math.round(lag * 0.7) + ((partition * 5 + (scene.offsets[partition] ?? 0)) % 7) : lag + 6;
  });
}

function toSnapshot(scene: Scene, at: number): LabSnapshot {
  const partitions = Array.from({ length: scene.options.partitions }, (_, number) => toPartition(scene, number));
  const owned = (name: string): Partition[] => partitions.filter(({ owner }) => owner === name);
  const pods = scene.pods.map((pod, index) => {
    const mine = owned(pod.name);
    return {
      ...pod,
      partitions: mine.map(({ partition }) => partition),
      lag: mine.reduce((sum, { lag }) => sum + lag, 0),
      consumedPerSecond: mine.length * RATE_PER_PARTITION,
      idleReason: mine.length === 0 ? 'there are more members than partitions' : null,
      isNextToGo: index === scene.pods.length - 1,
    };
  });
  const ghosts = scene.ghosts.map((ghost) => ({
    ...ghost,
    partitions: owned(ghost.clientId).map(({ partition }) => partition),
  }));
  const members: Member[] = pods.map(({ name, memberId, partitions: mine }) => ({
    memberId: memberId ?? name,
    clientId: name,
    host: '/10.244.1.7',
    pod: name,
    reads: 'topic',
    partitions: mine,
    ghost: null,
  }));
  const rate = scene.options.partitions * RATE_PER_PARTITION;
  const sizes = pods.map(({ partitions: mine }) => mine.length);
  return {
    at,
    platform: 'kubernetes',
    groups: ['app'],
    name: 'app',
    group: {
      groupId: 'app',
      topic: 'app',
      deployment: 'consumer',
      state: 'Stable',
      assignor: 'cooperative-sticky',
      coordinator: 1,
      generation: scene.generation,
      wantedReplicas: pods.length,
      isBalanced: ghosts.length === 0,
      imbalance: Math.max(...sizes) - Math.min(...sizes),
      lag: scene.lags.reduce((sum, lag) => sum + lag, 0),
      producedPerSecond: rate,
      consumedPerSecond: rate - ghosts.reduce((sum, ghost) => sum + ghost.partitions.length * RATE_PER_PARTITION, 0),
      pods,
      members: [...members, ...ghosts],
      membersLeftOut: 0,
      partitions,
      rebalances: scene.rebalances,
      explanations: explainScene(scene),
    },
    ...describeCluster(at),
  };
}

function toPartition(scene: Scene, partition: number): Partition {
  const lag = scene.lags[partition] ?? 0;
  const logEndOffset = scene.offsets[partition] ?? 0;
  const owner = scene.owners.get(partition) ?? null;
  return {
    partition,
    owner,
    ownerMemberId: owner,
    logEndOffset,
    committedOffset: logEndOffset - lag,
    lag,
    trend: lag > 60 ? 'growing' : lag > 25 ? 'shrinking' : 'steady',
    producedPerSecond: RATE_PER_PARTITION,
    consumedPerSecond: RATE_PER_PARTITION,
    movedAt: scene.movedAt[partition] ?? null,
  };
}
