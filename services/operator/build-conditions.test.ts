import { describe, expect, it } from '@jest/globals';
import type { GroupSnapshot } from '../../lib/contracts/lab-snapshot.ts';
import { buildGroup, buildLabMember, buildLabPod, NOW } from '../../live/testing/lab-fixture.ts';
import { buildConditions, type ConditionFacts } from './build-conditions.ts';
import type { Condition } from './consumer-group.ts';

const REACHABLE = { isReachable: true, since: NOW - 60_000 };
const AWAY = { isReachable: false, since: NOW - 60_000 };

function build(group: GroupSnapshot, facts: Partial<ConditionFacts> = {}, before: readonly Condition[] = []) {
  return buildConditions({ group, contact: REACHABLE, observedGeneration: 3, now: NOW, ...facts }, before);
}

function find(conditions: readonly Condition[], type: string): Condition {
  const found = conditions.find((condition) => condition.type === type);
  if (found === undefined) throw new Error(`there is no condition ${type}`);
  return found;
}

const GHOST = { reason: 'its process was killed', expiresAt: NOW + 5000 };
const WELL = buildGroup();
const TOPIC_CHANGED = { rule: 'topic-changed', tone: 'warning', sentence: 'there is no topic app' } as const;

/** One group for each reason that `Balanced` has not to be true. */
const UNBALANCED: readonly { reason: string; message: string; group: GroupSnapshot }[] = [
  { reason: 'NoMembers', message: 'nobody is there', group: { ...WELL, members: [], pods: [], state: 'Empty' } },
  {
    reason: 'NoMembers',
    message: 'nobody is there',
    group: { ...WELL, members: [], state: 'PreparingRebalance' },
  },
  {
    reason: 'Rebalancing',
    message: 'the group is PreparingRebalance',
    group: { ...WELL, state: 'PreparingRebalance' },
  },
  {
    reason: 'MembersExpiring',
    message: 'nobody is there',
    group: { ...WELL, members: [...WELL.members, buildLabMember('consumer-c', { ghost: GHOST })] },
  },
  {
    reason: 'NoDeployment',
    message: 'there is no Deployment or StatefulSet consumer',
    group: { ...WELL, wantedReplicas: null },
  },
  {
    reason: 'ReplicasMissing',
    message: '2 of 3 replicas are ready members of the group',
    group: { ...WELL, wantedReplicas: 3 },
  },
  {
    reason: 'ReplicasMissing',
    message: '2 of 3 replicas are ready members of the group',
    group: { ...WELL, wantedReplicas: 3, pods: [...WELL.pods, buildLabPod('consumer-c', { phase: 'starting' })] },
  },
  {
    reason: 'ReplicasMissing',
    message: '2 of 3 replicas are ready members of the group',
    group: { ...WELL, wantedReplicas: 3, pods: [...WELL.pods, buildLabPod('consumer-c', { memberId: null })] },
  },
  {
    reason: 'ReplicasLeaving',
    message: '2 replicas are there, and 1 are wanted',
    group: { ...WELL, wantedReplicas: 1 },
  },
  {
    reason: 'ReplicasLeaving',
    message: '3 replicas are there, and 2 are wanted',
    group: { ...WELL, pods: [...WELL.pods, buildLabPod('consumer-c', { phase: 'terminating', memberId: null })] },
  },
  {
    reason: 'ForeignMembers',
    message: 'nobody is there',
    group: { ...WELL, members: [...WELL.members, buildLabMember('kcat', { pod: null })] },
  },
  { reason: 'SharedUnevenly', message: 'nobody is there', group: { ...WELL, imbalance: 2 } },
].map(({ group, ...expected }) => ({
  ...expected,
  group: {
    ...group,
    isBalanced: false,
    explanations: [{ rule: 'nobody', tone: 'warning', sentence: 'nobody is there' }],
  },
}));

describe('buildConditions', () => {
  it('says of a group that is well that all holds, and why', () => {
    expect(build(WELL).map(({ type, status, reason, message }) => ({ type, status, reason, message }))).toEqual([
      {
        type: 'Available',
        status: 'True',
        reason: 'CoordinatorAnswers',
        message: 'the coordinator of the group answers',
      },
      { type: 'Balanced', status: 'True', reason: 'SharedEvenly', message: 'the partitions are shared evenly' },
      { type: 'FullyUsed', status: 'True', reason: 'NoIdleMember', message: 'every member owns a partition' },
    ]);
  });

  it.each(UNBALANCED)('finds $reason ($group.state, $group.wantedReplicas wanted)', ({ reason, message, group }) => {
    expect(find(build(group), 'Balanced')).toMatchObject({ status: 'False', reason, message });
  });

  it.each([
    { reason: 'TopicMissing', partitions: [] },
    { reason: 'AssignmentOutdated', partitions: WELL.partitions },
  ])('finds $reason, and says what is the matter with the topic', ({ reason, partitions }) => {
    const group = { ...WELL, isBalanced: false, partitions, explanations: [TOPIC_CHANGED] };
    expect(find(build(group), 'Balanced')).toMatchObject({ status: 'False', reason, message: TOPIC_CHANGED.sentence });
  });

  it('neither calls members idle that read other topics, nor misses replicas for them', () => {
    const other = buildLabMember('reporting', { pod: null, reads: 'other-topics' });
    const group = { ...WELL, members: [...WELL.members, other] };
    expect(find(build(group), 'FullyUsed').status).toBe('True');
    expect(find(build({ ...group, isBalanced: false }), 'Balanced').reason).toBe('SharedUnevenly');
  });

  it('says what state the group is in when nothing explains it', () => {
    expect(find(build({ ...WELL, isBalanced: false, imbalance: 2, explanations: [] }), 'Balanced').message).toBe(
      'the group is Stable',
    );
  });

  it('counts idle members, and says why the first one is', () => {
    const group = buildGroup({ 'consumer-a': [0], 'consumer-b': [], 'consumer-c': [] });
    expect(find(build(group), 'FullyUsed')).toMatchObject({
      status: 'False',
      reason: 'IdleMembers',
      message: '2 idle: the assignor gave it no partition',
    });
  });

  it('counts an idle member that is no pod of the Deployment, too', () => {
    const group = { ...WELL, members: [...WELL.members, buildLabMember('kcat', { pod: null })] };
    expect(find(build(group), 'FullyUsed')).toMatchObject({
      status: 'False',
      message: '1 idle: kcat, which is no pod of consumer, owns no partition',
    });
  });

  it('does not call a membership idle whose process is gone', () => {
    const group = { ...WELL, members: [...WELL.members, buildLabMember('consumer-c', { ghost: GHOST })] };
    expect(find(build(group), 'FullyUsed').status).toBe('True');
  });

  it('claims nothing of a group that it cannot see now, and says since when', () => {
    const conditions = build(WELL, { contact: AWAY });
    expect(conditions.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
      'False KafkaUnreachable',
      'Unknown GroupNotSeen',
      'Unknown GroupNotSeen',
    ]);
    expect(find(conditions, 'Available').message).toContain('has not answered since 2026-11-24T09:59:00.000Z');
  });

  it('claims nothing of a group of which it never heard', () => {
    const conditions = build(buildGroup({}, { state: 'Unknown' }), { contact: AWAY });
    expect(conditions.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
      'Unknown NotSeenYet',
      'Unknown GroupNotSeen',
      'Unknown GroupNotSeen',
    ]);
  });

  it('is about the generation of the object that it was told', () => {
    expect(build(WELL).map(({ observedGeneration }) => observedGeneration)).toEqual([3, 3, 3]);
  });

  it('keeps the time of a status that is the same, whatever its reason, and takes a new one when it changes', () => {
    const first = build(WELL);
    expect(first.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(Array(3).fill('2026-11-24T10:00:00Z'));
    const rebalancing = { ...WELL, isBalanced: false, state: 'PreparingRebalance' };
    const second = build(rebalancing, { now: NOW + 60_000 }, first);
    const third = build({ ...rebalancing, members: [] }, { now: NOW + 120_000 }, second);
    expect(find(third, 'Balanced').reason).toBe('NoMembers');
    expect(second.map(({ lastTransitionTime }) => lastTransitionTime.slice(11))).toEqual([
      '10:00:00Z',
      '10:01:00Z',
      '10:00:00Z',
    ]);
    expect(third.map(({ lastTransitionTime }) => lastTransitionTime.slice(11))).toEqual([
      '10:00:00Z',
      '10:01:00Z',
      '10:00:00Z',
    ]);
    const fourth = build(rebalancing, { now: NOW + 180_000, contact: AWAY }, third);
    expect(fourth.map(({ lastTransitionTime }) => lastTransitionTime.slice(11))).toEqual(Array(3).fill('10:03:00Z'));
  });

  it('does not mix up conditions that were stored in another order, or with those of others', () => {
    const stored: Condition[] = [
      { type: 'Foreign', status: 'True', reason: 'A', message: '', lastTransitionTime: '2020-01-01T00:00:00Z' },
      { type: 'FullyUsed', status: 'True', reason: 'A', message: '', lastTransitionTime: '2021-01-01T00:00:00Z' },
      { type: 'Available', status: 'False', reason: 'A', message: '', lastTransitionTime: '2022-01-01T00:00:00Z' },
    ];
    expect(build(WELL, {}, stored).map(({ lastTransitionTime }) => lastTransitionTime.slice(0, 4))).toEqual([
      '2026',
      '2026',
      '2021',
    ]);
  });
});
