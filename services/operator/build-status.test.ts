import { describe, expect, it } from '@jest/globals';
import type { GroupSnapshot } from '../../lib/contracts/lab-snapshot.ts';
import { buildGroup, buildLabMember, buildLabPod, buildRebalance, NOW } from '../../live/testing/lab-fixture.ts';
import { buildStatus, type StatusFacts } from './build-status.ts';

function build(group: GroupSnapshot, facts: Partial<StatusFacts> = {}) {
  const contact = { isReachable: true, since: NOW };
  return buildStatus({ group, contact, observedGeneration: 2, now: NOW, deletionCosts: new Map(), ...facts }, []);
}

describe('buildStatus', () => {
  it('tells of the group as it is', () => {
    const group = buildGroup(undefined, { lag: 12, rebalances: [buildRebalance(7), buildRebalance(6)] });
    const { conditions, pods, ...status } = build(group);
    expect(status).toEqual({
      observedGeneration: 2,
      state: 'Stable',
      assignor: 'sticky',
      generation: 7,
      members: 2,
      partitions: 3,
      idle: 0,
      imbalance: 1,
      lag: 12,
      shares: '2,1',
      idleMembers: [],
      lastRebalance: {
        generation: 7,
        time: '2026-11-24T09:59:50.000Z',
        cause: 'scaled',
        message: 'scaled from 1 to 2 replicas',
        moved: 1,
      },
      explanation: 'the partitions are shared evenly',
    });
    expect(conditions.map(({ type }) => type)).toEqual(['Available', 'Balanced', 'FullyUsed']);
    expect(pods).toHaveLength(2);
  });

  it('says nothing of what is not known, rather than null', () => {
    const group = buildGroup({ a: [] }, { assignor: null, generation: null, explanations: [] });
    const nowhere = { ...group, pods: [buildLabPod('a', { zone: null, partitions: [0] })] };
    const status = build({ ...nowhere, rebalances: [buildRebalance(1)] });
    for (const absent of ['assignor', 'generation', 'pods.0.zone', 'pods.0.idleReason', 'pods.0.deletionCost']) {
      expect(status).not.toHaveProperty(absent);
    }
    expect(status).not.toHaveProperty('lastRebalance.longestPauseMilliseconds');
    expect(build(group)).not.toHaveProperty('lastRebalance');
    expect(JSON.stringify(status)).not.toContain('null');
  });

  it('tells of each pod what it owns, what it costs, and why it is idle', () => {
    const group = buildGroup({ 'consumer-a': [], 'consumer-b': [4, 2] });
    const [idle, busy] = build(group, { deletionCosts: new Map([['consumer-b', 2]]) }).pods;
    expect(idle).toEqual({
      name: 'consumer-a',
      node: 'node-1',
      zone: 'zone-a',
      phase: 'ready',
      partitions: [],
      lag: 0,
      idleReason: 'the assignor gave it no partition',
      isNextToGo: false,
    });
    expect(busy).toMatchObject({ partitions: [4, 2], deletionCost: 2 });
  });

  it('tells of a cost of 0', () => {
    expect(build(buildGroup({ a: [0] }), { deletionCosts: new Map([['a', 0]]) }).pods[0]?.deletionCost).toBe(0);
  });

  it('names idle members, without those whose process is gone', () => {
    const group = buildGroup({ 'consumer-a': [0], 'consumer-b': [] });
    const ghost = buildLabMember('consumer-c', { ghost: { reason: 'killed', expiresAt: null } });
    const status = build({ ...group, members: [...group.members, ghost] });
    expect(status).toMatchObject({ members: 3, idle: 1, idleMembers: ['consumer-b'] });
  });

  it('keeps the pods to as many as the schema takes, and the counts whole', () => {
    const group = buildGroup(
      Object.fromEntries(Array.from({ length: 501 }, (_, pod) => [`pod-${String(pod)}`, [pod]])),
    );
    const status = build(group);
    expect(status.pods).toHaveLength(500);
    expect(status.pods[0]?.name).toBe('pod-0');
    expect(status.members).toBe(501);
    expect(status.shares).toBe('1,1,1,1,1,1,1,1,1,1,1,1,… (501)');
  });

  it('shows shares from the largest, as numbers and not as texts, of members only', () => {
    const many = Array.from({ length: 10 }, (_, partition) => partition);
    const group = buildGroup({ a: [10, 11], b: many, c: [] });
    const outsider = buildLabPod('d', { memberId: null });
    expect(build({ ...group, pods: [...group.pods, outsider] }).shares).toBe('10,2,0');
    expect(build(buildGroup({})).shares).toBe('');
  });

  it('tells how long the last rebalance stopped a partition', () => {
    const group = buildGroup(undefined, { rebalances: [buildRebalance(7, { longestPauseMs: 0 })] });
    expect(build(group).lastRebalance?.longestPauseMilliseconds).toBe(0);
  });

  it('goes on with what was told of the last rebalance while it knows of none', () => {
    const lastRebalance = {
      generation: 5,
      time: '2026-11-24T09:00:00.000Z',
      cause: 'rolled',
      message: 'rolled',
      moved: 1,
    } as const;
    expect(build(buildGroup(), { lastRebalance }).lastRebalance).toEqual(lastRebalance);
    const group = buildGroup(undefined, { rebalances: [buildRebalance(6)] });
    expect(build(group, { lastRebalance }).lastRebalance?.generation).toBe(6);
  });
});
