import { beforeEach, describe, expect, it } from '@jest/globals';
import type { GroupMember } from '../lib/contracts/group.ts';
import { groupSnapshotSchema, type GroupSnapshot, type Pod } from '../lib/contracts/lab-snapshot.ts';
import type { ScaleDownOrder } from '../lib/contracts/replica.ts';
import {
  buildGeneration,
  buildMember,
  buildReceipt,
  buildReplica,
  buildView,
  iso,
  second,
  tellCreated,
  tellFailed,
  tellFault,
  tellGoing,
  tellPhase,
  tellRemoved,
  tellScaled,
  type ViewFacts,
} from './testing/group-fixture.ts';
import { GroupModel } from './group-model.ts';
import type { GroupReplica } from './group-replica.ts';

function createModel(scaleDownOrder: ScaleDownOrder = 'newest'): GroupModel {
  return new GroupModel({ groupId: 'app', topic: 'app', deployment: 'consumer', scaleDownOrder });
}

function findPod({ pods }: GroupSnapshot, name: string): Pod | undefined {
  return pods.find((pod) => pod.name === name);
}

const rulesOf = ({ explanations }: GroupSnapshot): string[] => explanations.map(({ rule }) => rule);

describe('GroupModel, before it was told anything', () => {
  it('says that it knows nothing', () => {
    const snapshot = createModel().snapshot(second(0));
    expect(snapshot).toMatchObject({
      state: 'Unknown',
      generation: null,
      wantedReplicas: null,
      isBalanced: false,
      imbalance: 0,
      lag: 0,
    });
    expect([snapshot.pods, snapshot.members, snapshot.partitions, snapshot.explanations]).toEqual([[], [], [], []]);
    expect(groupSnapshotSchema.safeParse(snapshot).success).toBe(true);
  });
});

describe('GroupModel, through 3 → 4 → 3 replicas and a kill on 3 partitions', () => {
  const RATE = 100;
  const settled = { startedAt: iso(-600) };
  let model: GroupModel;
  /** When the commits of partition 1 stood still, in seconds. */
  let silentFrom: number;
  let silentUntil: number;

  const [one, three] = [buildMember('consumer-1', [0]), buildMember('consumer-3', [2])];
  const two = buildMember('consumer-2', [1]);
  const idleFour = buildMember('consumer-4', [], { startedAt: 10.5 });
  const replicas = (...others: GroupReplica[]): GroupReplica[] => [
    buildReplica('consumer-1', settled),
    buildReplica('consumer-2', settled),
    buildReplica('consumer-3', settled),
    ...others,
  ];
  const restarted = (others: readonly GroupReplica[]): GroupReplica[] =>
    others.map((replica) =>
      replica.name === 'consumer-2' ? buildReplica('consumer-2', { startedAt: iso(31), restarts: 1 }) : replica,
    );

  const readOffsets: (at: number) => NonNullable<ViewFacts['offsets']> = (at) => (partition) => {
    const end = (at + 1000) * RATE;
    const isSilent = partition === 1 && at > silentFrom && at < silentUntil;
    return [Math.round(end), Math.round(isSilent ? (silentFrom + 1000) * RATE : end)];
  };
  const look = (from: number, to: number, members: readonly GroupMember[], state = 'Stable'): GroupSnapshot => {
    for (let at = from; at <= to; at += 0.5) {
      model.observeGroup(buildView(members, { state, offsets: readOffsets(at) }), second(at));
    }
    const snapshot = model.snapshot(second(to));
    expect(groupSnapshotSchema.safeParse(snapshot).error).toBeUndefined();
    return snapshot;
  };

  beforeEach(() => {
    model = createModel();
    [silentFrom, silentUntil] = [30, 41];
    model.observeReplicas(replicas(), 3);
    model.observeGenerations([buildGeneration(5, -300, { 'consumer-1': [0], 'consumer-2': [1], 'consumer-3': [2] })]);
  });

  const scaleUp = (): GroupSnapshot => {
    look(-10, 9, [one, two, three]);
    model.observeEvent(tellScaled(10, 3, 4));
    model.observeEvent(tellCreated(10, 'consumer-4'));
    model.observeReplicas(replicas(buildReplica('consumer-4', { phase: 'starting', startedAt: undefined })), 4);
    return look(10, 12, [one, two, three]);
  };
  const join = (): GroupSnapshot => {
    scaleUp();
    model.observeGenerations([
      buildGeneration(6, 13, { 'consumer-1': [0], 'consumer-2': [1], 'consumer-3': [2], 'consumer-4': [] }),
    ]);
    model.observeEvent(tellPhase(13.2, 'consumer-4', 'starting', 'ready'));
    model.observeReplicas(replicas(buildReplica('consumer-4', { startedAt: iso(10) })), 4);
    return look(13, 29.5, [one, two, three, idleFour]);
  };
  const kill = (): GroupSnapshot => {
    join();
    model.observeReceipts([buildReceipt(30, 99, { partition: 1, generation: 6, member: 'consumer-2' })]);
    model.observeEvent(tellFailed(30, 'consumer-2', 'SIGKILL'));
    model.observeEvent(tellFault(30.1, 'kill', 'consumer-2'));
    const four = buildReplica('consumer-4', { startedAt: iso(10) });
    model.observeReplicas(
      replicas(four).map((replica) => (replica.name === 'consumer-2' ? { ...replica, phase: 'failed' } : replica)),
      4,
    );
    return look(30, 32, [one, two, three, idleFour]);
  };
  const four = buildReplica('consumer-4', { startedAt: iso(10) });
  const again = buildMember('consumer-2', [], { memberId: 'consumer-2-m2', startedAt: 31.5 });
  const comeBack = (): GroupSnapshot => {
    kill();
    model.observeEvent(tellPhase(31, 'consumer-2', 'failed', 'starting'));
    model.observeReplicas(restarted(replicas(four)), 4);
    model.observeGenerations([
      buildGeneration(7, 33, {
        'consumer-1': [0],
        'consumer-2': [1],
        'consumer-3': [2],
        'consumer-4': [],
        'consumer-2/consumer-2-m2': [],
      }),
    ]);
    return look(33, 39.5, [one, two, again, three, idleFour]);
  };
  const busyFour = buildMember('consumer-4', [1], { startedAt: 10.5 });
  const expire = (): GroupSnapshot => {
    comeBack();
    model.observeGenerations([
      buildGeneration(8, 40.2, {
        'consumer-1': [0],
        'consumer-3': [2],
        'consumer-4': [1],
        'consumer-2/consumer-2-m2': [],
      }),
    ]);
    model.observeReceipts([buildReceipt(41, 100, { partition: 1, generation: 8, member: 'consumer-4' })]);
    return look(40.5, 55, [one, again, three, busyFour]);
  };

  it('begins with three members in balance', () => {
    const snapshot = look(-10, 9, [one, two, three]);
    expect(snapshot).toMatchObject({ isBalanced: true, imbalance: 0, generation: 5, producedPerSecond: 300, lag: 0 });
    expect(findPod(snapshot, 'consumer-2')).toMatchObject({
      memberId: 'consumer-2-m1',
      partitions: [1],
      consumedPerSecond: 100,
      idleReason: null,
      isNextToGo: false,
    });
    expect(findPod(snapshot, 'consumer-3')?.isNextToGo).toBe(true);
    expect(rulesOf(snapshot)).toEqual(['shares']);
  });

  it('shows the fourth replica on its way', () => {
    const snapshot = scaleUp();
    expect(snapshot.isBalanced).toBe(false);
    expect(findPod(snapshot, 'consumer-4')).toMatchObject({
      memberId: null,
      partitions: [],
      idleReason: null,
      isNextToGo: true,
    });
    expect(rulesOf(snapshot)).toEqual(['not-joined', 'shares']);
  });

  it('shows it idle, says why, and what the rebalance was', () => {
    const snapshot = join();
    expect(snapshot).toMatchObject({ isBalanced: true, imbalance: 1, generation: 6 });
    expect(findPod(snapshot, 'consumer-4')?.idleReason).toBe(
      '4 members, 3 partitions: each partition has one owner, so some members have none',
    );
    expect(snapshot.rebalances[0]).toMatchObject({
      cause: { kind: 'scaled', sentence: 'scaled from 3 to 4 replicas' },
      membersBefore: 3,
      membersAfter: 4,
      moves: [],
    });
    expect(snapshot.explanations.map(({ sentence }) => sentence)).toEqual([
      '4 members, 3 partitions: consumer-4 is idle by design, because a partition has one owner in a group; add partitions, or scale to 3',
    ]);
  });

  it('shows the killed one as a ghost that expires, and blames no key for what waits', () => {
    const snapshot = kill();
    expect(snapshot.isBalanced).toBe(false);
    expect(snapshot.members.find(({ clientId }) => clientId === 'consumer-2')?.ghost).toEqual({
      reason: 'its process has ended',
      expiresAt: second(40),
    });
    expect(findPod(snapshot, 'consumer-2')).toMatchObject({
      phase: 'failed',
      reason: 'SIGKILL',
      memberId: null,
      partitions: [],
      lag: 0,
    });
    expect(snapshot.partitions[1]).toMatchObject({ owner: 'consumer-2', ownerMemberId: 'consumer-2-m1', lag: 200 });
    expect(rulesOf(snapshot)).toEqual(['ghost', 'shares']);
  });

  it('shows it back beside its ghost', () => {
    const snapshot = comeBack();
    expect(snapshot.members.filter(({ clientId }) => clientId === 'consumer-2').map(({ ghost }) => ghost)).toEqual([
      { reason: 'its process was restarted', expiresAt: second(40) },
      null,
    ]);
    expect(findPod(snapshot, 'consumer-2')).toMatchObject({ memberId: 'consumer-2-m2', partitions: [], restarts: 1 });
    expect(snapshot.isBalanced).toBe(false);
    expect(snapshot.rebalances[0]?.cause).toEqual({
      kind: 'killed',
      sentence: 'consumer-2 was killed and is back, while its old membership has yet to end',
    });
    expect(snapshot.partitions[1]?.trend).toBe('growing');
    expect(snapshot.explanations[0]?.sentence).toBe(
      'two members, one pod: consumer-2 was restarted, and the old one expires in 1 s',
    );
    expect(rulesOf(snapshot)).not.toContain('hot-partition');
  });

  it('shows who took over, after which pause', () => {
    const snapshot = expire();
    expect(snapshot).toMatchObject({ isBalanced: true, generation: 8, lag: 0 });
    expect(snapshot.rebalances[0]).toMatchObject({
      cause: { kind: 'killed' },
      membersBefore: 5,
      membersAfter: 4,
      moves: [{ partition: 1, from: 'consumer-2', to: 'consumer-4' }],
      pauses: [{ partition: 1, pauseMs: 11_000 }],
      longestPauseMs: 11_000,
    });
    expect(snapshot.partitions.map(({ movedAt }) => movedAt)).toEqual([null, second(40.2), null]);
    expect(findPod(snapshot, 'consumer-2')?.idleReason).not.toBeNull();
    expect(rulesOf(snapshot)).toEqual(['shares']);
  });

  it('is in balance again when the one that goes is gone', () => {
    expire();
    model.observeEvent(tellScaled(60, 4, 3));
    model.observeEvent(tellGoing(60, 'consumer-4', 'told to end'));
    const going = { ...four, phase: 'terminating' as const };
    model.observeReplicas(restarted(replicas(going)), 3);
    const wait = look(60, 60.5, [one, again, three, busyFour]);
    expect(wait.isBalanced).toBe(false);
    expect(findPod(wait, 'consumer-4')?.isNextToGo).toBe(false);
    expect(findPod(wait, 'consumer-3')?.isNextToGo).toBe(true);

    model.observeGenerations([
      buildGeneration(9, 61, { 'consumer-1': [0], 'consumer-3': [2], 'consumer-2/consumer-2-m2': [1] }),
    ]);
    const left = [one, { ...again, partitions: [1] }, three];
    expect(look(61, 63, left).isBalanced).toBe(false);
    model.observeEvent(tellRemoved(63, 'consumer-4', 'scaled down'));
    model.observeReplicas(restarted(replicas()), 3);
    const snapshot = look(63.5, 64, left);
    expect(snapshot.isBalanced).toBe(true);
    expect(snapshot.rebalances.map(({ generation, cause }) => [generation, cause.sentence])).toEqual([
      [9, 'scaled from 4 to 3 replicas'],
      [8, 'consumer-2 was killed and is back; the group waited for the end of its old session'],
      [7, 'consumer-2 was killed and is back, while its old membership has yet to end'],
      [6, 'scaled from 3 to 4 replicas'],
      [5, 'the first generation that is known'],
    ]);
    expect(rulesOf(snapshot)).toEqual(['shares']);
  });
});

describe('GroupModel, on balance', () => {
  const first = buildMember('consumer-1', [0, 1]);
  const members = [first, buildMember('consumer-2', [2])];
  const replicas = [buildReplica('consumer-1'), buildReplica('consumer-2')];
  const isBalanced = (story: {
    members?: readonly GroupMember[];
    replicas?: readonly GroupReplica[];
    wanted?: number | undefined;
    view?: ViewFacts;
  }): boolean => {
    const model = createModel();
    model.observeReplicas(story.replicas ?? replicas, 'wanted' in story ? story.wanted : 2);
    model.observeGroup(buildView(story.members ?? members, story.view), second(0));
    return model.snapshot(second(0)).isBalanced;
  };

  it('is so when every replica wanted is a member and shares are even', () => {
    expect(isBalanced({})).toBe(true);
    expect(isBalanced({ wanted: undefined })).toBe(true);
  });

  it.each([
    { title: 'while the group rebalances', story: { view: { state: 'CompletingRebalance' } } },
    { title: 'with a replica too few', story: { wanted: 3 } },
    { title: 'with a replica too many', story: { wanted: 1 } },
    {
      title: 'with a replica that is not ready',
      story: { replicas: [buildReplica('consumer-1'), buildReplica('consumer-2', { phase: 'unready' })] },
    },
    {
      title: 'with a ghost in place of a replica that is ready again',
      story: { replicas: [buildReplica('consumer-1'), buildReplica('consumer-2', { startedAt: iso(-30) })] },
    },
    { title: 'with a foreign member', story: { members: [...members, buildMember('tool', [])] } },
    {
      title: 'with a foreign member in place of a replica',
      story: { members: [first, buildMember('tool', [2])] },
    },
    {
      title: 'with two members of one name',
      story: { members: [first, buildMember('consumer-1', [2], { memberId: 'other' })] },
    },
    {
      title: 'with uneven shares',
      story: { members: [buildMember('consumer-1', [0, 1, 2]), buildMember('consumer-2', [])] },
    },
    { title: 'without anybody', story: { members: [], replicas: [], wanted: undefined, view: { partitions: 0 } } },
    { title: 'with a partition that nobody has', story: { view: { partitions: 4 } } },
  ])('is not so $title', ({ story }) => {
    expect(isBalanced(story)).toBe(false);
  });
});

describe('GroupModel, on lag', () => {
  const member = [buildMember('consumer-1', [0])];
  const run = (committed: (at: number) => number, perSecond: number): GroupSnapshot => {
    const model = createModel();
    model.observeReplicas([buildReplica('consumer-1')], 1);
    for (let at = 0; at <= 30; at += 0.5) {
      const offsets = () => [Math.round(at * perSecond), Math.round(committed(at))] as const;
      model.observeGroup(buildView(member, { partitions: 1, offsets }), second(at));
    }
    return model.snapshot(second(30));
  };

  it('says that a group falls behind that does', () => {
    expect(rulesOf(run((at) => at * 700, 1000))).toContain('falling-behind');
    expect(rulesOf(run(() => 0, 1000))).toContain('falling-behind');
  });

  it('does not say so of steps between commits', () => {
    for (let phase = 0; phase < 1; phase += 0.1) {
      const steps = (at: number) => Math.max(0, Math.floor(at + phase) - phase) * 1000;
      expect(rulesOf(run(steps, 1000))).not.toContain('falling-behind');
    }
  });
});

describe('GroupModel, on pauses', () => {
  it('takes the silence of producers for no pause', () => {
    const model = createModel();
    const generations = [buildGeneration(1, -60, { a: [0] }), buildGeneration(2, 300, { b: [0] })];
    model.observeGenerations(generations.slice(0, 1));
    model.observeReceipts([buildReceipt(0, 0)]);
    const look = (from: number, to: number, read: (at: number) => number): void => {
      for (let at = from; at <= to; at += 0.5) {
        const view = buildView([buildMember('a', [0])], { offsets: () => [read(at), read(at)] });
        model.observeGroup(view, second(at));
      }
    };
    look(0, 600, () => 1);
    model.observeGenerations(generations);
    look(600, 604, (at) => 1 + (at - 600) * 100);
    model.observeReceipts([buildReceipt(601, 1, { generation: 2 })]);
    expect(model.snapshot(second(604)).rebalances[0]).toMatchObject({ generation: 2, pauses: [] });
  });

  it('takes receipts of other topics for none, and goes on with a group that was made again', () => {
    const model = createModel();
    const look = (from: number, to: number): void => {
      for (let at = from; at <= to; at += 0.5) {
        const offset = Math.round(at * 100);
        model.observeGroup(buildView([buildMember('a', [0])], { offsets: () => [offset, offset] }), second(at));
      }
    };
    look(0, 20);
    model.observeGenerations([buildGeneration(8, 5, { a: [0] })]);
    model.observeReceipts([buildReceipt(20, 0, { generation: 8 })]);
    look(20, 100);
    model.observeGenerations([buildGeneration(1, 80, { b: [0] }), buildGeneration(2, 90, { c: [0] })]);
    model.observeReceipts([
      buildReceipt(85, 1),
      buildReceipt(91, 2, { topic: 'other', generation: 2 }),
      buildReceipt(92, 2, { generation: 2 }),
    ]);
    const { rebalances } = model.snapshot(second(100));
    expect(rebalances.map(({ generation, longestPauseMs }) => [generation, longestPauseMs])).toEqual([
      [2, 7000],
      [1, null],
      [8, null],
    ]);
  });
});

describe('GroupModel, when it begins to look', () => {
  const generations = [
    buildGeneration(4, -900, { 'consumer-1': [0], 'consumer-2': [1] }),
    buildGeneration(5, -800, { 'consumer-1': [0, 1] }),
    buildGeneration(6, -700, { 'consumer-1': [0], 'consumer-2/again': [1] }),
  ];

  it('makes up no causes for what was before', () => {
    const model = createModel();
    model.observeReplicas([buildReplica('consumer-1'), buildReplica('consumer-2')], 2);
    model.observeGenerations(generations);
    model.observeGroup(buildView([buildMember('consumer-1', [0])]), second(0));
    const { rebalances } = model.snapshot(second(0));
    expect(rebalances.map(({ cause }) => cause.sentence)).toEqual([
      'consumer-2 was out of the group and joined again',
      'consumer-2 left; why is not known',
      'the first generation that is known',
    ]);
  });

  it('looks at no events from long before a rebalance', () => {
    const model = createModel();
    model.observeReplicas([buildReplica('consumer-1'), buildReplica('consumer-2')], 2);
    model.observeGroup(buildView([]), second(-2000));
    model.observeGenerations(generations.slice(0, 1));
    model.observeEvent(tellFault(-899, 'kill', 'consumer-2'));
    model.observeGenerations([buildGeneration(5, 3600, { 'consumer-1': [0, 1] })]);
    expect(model.snapshot(second(3600)).rebalances[0]?.cause.kind).toBe('session-expired');
  });
});

describe('GroupModel, on how many partitions are shared out', () => {
  const causes = ({ rebalances }: GroupSnapshot): string[] => rebalances.map(({ cause }) => cause.sentence);
  const sameMembers = 'the same members shared the partitions out again; why is not known';
  const completed = 'what was given up has an owner again; why it was given up is not known';
  const share = (first: readonly number[], second: readonly number[]) => ({ one: first, two: second });
  const view = (shares: ReturnType<typeof share>, partitions: number) =>
    buildView([buildMember('one', shares.one), buildMember('two', shares.two)], { partitions });

  /** What was owned in each generation, and how many partitions the topic had when it was looked at. */
  function watch(...seen: readonly (readonly [ReturnType<typeof share>, number])[]): GroupSnapshot {
    const model = createModel();
    for (const [index, [shares, partitions]] of seen.entries()) {
      model.observeGenerations([buildGeneration(index + 2, index, shares)]);
      model.observeGroup(view(shares, partitions), second(index + 0.5));
    }
    return model.snapshot(second(seen.length));
  }

  it('does not say that partitions were raised when cooperative members give some up and get them', () => {
    const snapshot = watch(
      [share([0, 1, 2, 3, 4, 5], []), 6],
      [share([0, 1], []), 6],
      [share([0, 1, 2], [3, 4, 5]), 6],
      [share([0, 1], [3]), 6],
      [share([0, 1, 5], [2, 3, 4]), 6],
    );
    expect(causes(snapshot).slice(0, -1)).toEqual([completed, sameMembers, completed, sameMembers]);
  });

  it('does not say so when it begins to look while they are given up', () => {
    expect(causes(watch([share([0, 1], []), 6], [share([0, 1, 2], [3, 4, 5]), 6]))[0]).toBe(sameMembers);
  });

  it('says so when the topic has more than all that was shared out, also when the group follows late', () => {
    const late = watch([share([0, 1], [2]), 3], [share([0, 1], [2]), 6], [share([0, 1, 3], [2, 4, 5]), 6]);
    expect(causes(late)[0]).toBe('partitions were raised from 3 to 6');
  });
});

describe('GroupModel, on strange facts', () => {
  it('forgets partitions that are no more, and shows those that there are', () => {
    const model = createModel();
    model.observeReplicas([buildReplica('consumer-1')], 1);
    model.observeGroup(buildView([buildMember('consumer-1', [0, 5])], { partitions: 6 }), second(0));
    model.observeGroup(buildView([buildMember('consumer-1', [0, 5])], { partitions: 2 }), second(1));
    const snapshot = model.snapshot(second(1));
    expect(snapshot.partitions.map(({ partition }) => partition)).toEqual([0, 1]);
    expect(findPod(snapshot, 'consumer-1')).toMatchObject({ partitions: [0, 5], lag: 0 });
    expect(groupSnapshotSchema.safeParse(snapshot).success).toBe(true);
  });

  it('counts the lag of partitions by their numbers, also when some are missing', () => {
    const model = createModel();
    model.observeReplicas([buildReplica('consumer-1')], 1);
    for (let at = 0; at < 10; at += 1) {
      const view = buildView([buildMember('consumer-1', [2])], { offsets: (one) => [(one + at) * 10, 0] });
      model.observeGroup(
        { ...view, partitions: view.partitions.filter(({ partition }) => partition !== 1) },
        second(at),
      );
    }
    const snapshot = model.snapshot(second(10));
    expect(findPod(snapshot, 'consumer-1')?.lag).toBe(110);
    expect(snapshot.producedPerSecond).toBe(20);
  });

  it('shows what a topic that was made again has, from the beginning', () => {
    const model = createModel();
    for (let at = 0; at < 20; at += 1) {
      const end = at < 10 ? 1000 + at * 50 : (at - 10) * 20;
      model.observeGroup(buildView([], { state: 'Empty', offsets: () => [end, end] }), second(at));
    }
    expect(model.snapshot(second(19))).toMatchObject({ producedPerSecond: 60, consumedPerSecond: 60, lag: 0 });
  });

  it('shows dates that are none as not known', () => {
    const model = createModel('kubernetes');
    model.observeReplicas([buildReplica('consumer-1', { startedAt: 'x' }), buildReplica('consumer-2')], 2);
    model.observeGroup(buildView([buildMember('consumer-1', [0])]), second(0));
    const snapshot = model.snapshot(second(0));
    expect(groupSnapshotSchema.safeParse(snapshot).success).toBe(true);
    expect(findPod(snapshot, 'consumer-1')).toMatchObject({ startedAt: null, isNextToGo: true });
  });

  it('marks no single replica as the next to go', () => {
    const model = createModel();
    model.observeReplicas([buildReplica('a'), buildReplica('b', { phase: 'terminating' })], 1);
    expect(model.snapshot(second(0)).pods.map(({ isNextToGo }) => isNextToGo)).toEqual([false, false]);
  });

  it('takes who leaves in good order for no ghost', () => {
    const model = createModel();
    const members = [buildMember('consumer-1', [0]), buildMember('consumer-2', [1])];
    model.observeReplicas([buildReplica('consumer-1'), buildReplica('consumer-2')], 2);
    model.observeGroup(buildView(members), second(0));
    model.observeEvent(tellRemoved(0.5, 'consumer-2'));
    model.observeReplicas([buildReplica('consumer-1')], 1);
    model.observeGroup(buildView(members), second(1));
    expect(model.snapshot(second(5)).members.map(({ ghost }) => ghost)).toEqual([null, null]);
    model.observeGroup(buildView(members), second(2.5));
    expect(model.snapshot(second(5)).members[1]?.ghost?.reason).toBe('its pod is gone');
  });

  it('remembers a bounded number of events, names and rebalances', () => {
    const model = createModel();
    model.observeReplicas([buildReplica('consumer-1')], 1);
    model.observeGroup(buildView([buildMember('consumer-1', [0])]), second(0));
    for (let index = 0; index < 1100; index += 1) {
      const name = `stranger-${String(index)}`;
      model.observeEvent(tellFailed(index / 75, name, 'Error'));
      if (index % 10 === 0) {
        model.observeGenerations([buildGeneration(index + 1, index / 75, { 'consumer-1': [0], [name]: [] })]);
      }
    }
    const snapshot = model.snapshot(second(20));
    expect(snapshot.rebalances).toHaveLength(20);
    expect(findPod(snapshot, 'consumer-1')?.memberId).toBe('consumer-1-m1');
    // What is shown depends on no more than what is remembered: the oldest stranger is one that was never seen.
    const members = [buildMember('stranger-0', [0]), buildMember('stranger-1099', [1])];
    model.observeGroup(buildView(members), second(25));
    expect(model.snapshot(second(25)).members.map(({ ghost }) => ghost !== null)).toEqual([false, true]);
  });

  it('looks at a bounded number of events', () => {
    const model = createModel();
    let reads = 0;
    const old = new Proxy(tellFailed(0, 'consumer-1', 'Error'), {
      get: (target, key) => {
        reads += 1;
        return Reflect.get(target, key) as unknown;
      },
    });
    model.observeEvent(old);
    for (let index = 0; index < 1001; index += 1) model.observeEvent(tellFailed(0, 'consumer-1', 'Error'));
    reads = 0;
    model.observeEvent(tellFailed(0, 'consumer-1', 'Error'));
    expect(reads).toBe(0);
  });

  it('bears with a clock that is put back', () => {
    const model = createModel();
    model.observeReplicas([buildReplica('consumer-1')], 1);
    for (const at of [1000, 1001, 1002, 1003, 0, 1, 2, 3]) {
      const offset = at >= 1000 ? (at - 1000) * 10 : 30 + at * 10;
      model.observeGroup(buildView([buildMember('consumer-1', [0])], { offsets: () => [offset, offset] }), second(at));
      model.observeEvent(tellPhase(at, 'consumer-1', 'ready', 'unready'));
    }
    const snapshot = model.snapshot(second(3));
    expect(snapshot.producedPerSecond).toBe(30);
    expect(groupSnapshotSchema.safeParse(snapshot).success).toBe(true);
  });
});

describe('GroupModel, of a large group', () => {
  /** How often a pass reads of what it is told. */
  const countReads = (partitions: number, members: number): number => {
    let reads = 0;
    const watch = <T extends object>(told: T): T =>
      new Proxy(told, {
        get: (target, key) => {
          reads += 1;
          return Reflect.get(target, key) as unknown;
        },
      });
    const all = Array.from({ length: members }, (_, index) => {
      const owned = Array.from({ length: partitions / members }, (__, share) => share * members + index);
      return buildMember(`consumer-${String(index)}`, owned);
    });
    const view = buildView(all, { partitions });
    const model = createModel('kubernetes');
    model.observeGroup(
      { ...view, members: view.members.map(watch), partitions: view.partitions.map(watch) },
      second(0),
    );
    model.observeReplicas(
      all.map(({ clientId }) => watch(buildReplica(clientId))),
      members,
    );
    expect(model.snapshot(second(0)).isBalanced).toBe(true);
    return reads;
  };

  it('does work in proportion to its size', () => {
    expect(countReads(1000, 200)).toBeLessThan(countReads(100, 20) * 12);
  });
});
