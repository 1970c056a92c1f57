import { beforeEach, describe, expect, it } from '@jest/globals';
import type { GroupSnapshot, Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import { buildGroup, buildLabMember, buildLabPod, buildRebalance, NOW } from '../../live/testing/lab-fixture.ts';
import type { Controller } from '../../platforms/kubernetes/controllers.ts';
import { consumerGroupSchema, type ConsumerGroup } from './consumer-group.ts';
import { buildConsumerGroup, buildReplicas, createFakeWriter, type FakeWriter } from './testing/operator-fixture.ts';
import { createMemory, reconcileGroup, type ReconcileMemory } from './reconcile-group.ts';

const REACHABLE = { isReachable: true, since: NOW - 60_000 };
const GONE = new AppError('no-such-target', 'the pod is gone');
const REFUSED = new AppError('process-failed', 'the API server refuses');
const KEEPS_COSTS = buildConsumerGroup({ spec: { idleFirstScaleDown: false } });

describe('reconcileGroup', () => {
  let writer: FakeWriter;
  let memory: ReconcileMemory;
  let consumerGroup: ConsumerGroup;
  let group: GroupSnapshot;
  let costs: Record<string, number | undefined>;
  let counted: Rebalance[];
  let now: number;
  let controller: Controller;

  /** The cluster takes what is written, as the API server and the watch of the pods would. */
  const reconcile = async (): Promise<number | undefined> => {
    const from = writer.costs.length;
    try {
      return await reconcileGroup({
        consumerGroup,
        sight: { group, contact: REACHABLE, replicas: buildReplicas(group, costs), controller },
        memory,
        writer,
        now,
        onRebalance: (rebalance) => void counted.push(rebalance),
      });
    } finally {
      for (const written of writer.costs.slice(from)) {
        const [pod = '', cost] = written.split(' ');
        costs[pod] = cost === '-' ? undefined : Number(cost);
      }
    }
  };
  /** Another process goes on from what the last one has written. */
  const restart = (): void => {
    const status = writer.statuses.at(-1);
    consumerGroup = consumerGroupSchema.parse(
      JSON.parse(JSON.stringify({ ...consumerGroup, ...(status && { status }) })),
    );
    memory = createMemory(consumerGroup);
  };
  const show = (...rebalances: readonly Rebalance[]): void => {
    group = { ...group, rebalances: [...rebalances] };
  };
  const toldGenerations = (): (string | undefined)[] => writer.events.map(({ name }) => name.split('-').at(-1));
  const countedGenerations = (): number[] => counted.map(({ generation }) => generation);

  beforeEach(() => {
    writer = createFakeWriter();
    consumerGroup = buildConsumerGroup();
    memory = createMemory(consumerGroup);
    group = buildGroup();
    costs = {};
    counted = [];
    now = NOW;
    controller = { kind: 'deployment', name: 'consumer', workload: 'consumer', replicas: 2 };
  });

  it('writes everything once, and nothing when nothing has changed', async () => {
    show(buildRebalance(7));
    await reconcile();
    expect(writer.costs).toEqual(['consumer-a 2', 'consumer-b 1']);
    expect(writer.events).toHaveLength(1);
    await reconcile();
    // What was written last is what the status tells of now.
    expect(writer.statuses.at(-1)?.pods.map(({ deletionCost }) => deletionCost)).toEqual([2, 1]);
    const written = writer.statuses.length;
    for (let times = 0; times < 3; times += 1) {
      now += 60_000;
      await expect(reconcile()).resolves.toBeUndefined();
    }
    expect(writer.statuses).toHaveLength(written);
    expect(writer.costs).toHaveLength(2);
    expect(writer.events).toHaveLength(1);
    expect(counted).toHaveLength(1);
  });

  describe('static members of a StatefulSet', () => {
    const ids = ['consumer-a', 'consumer-b', 'consumer-2'];
    beforeEach(() => {
      controller = { ...controller, kind: 'statefulset' };
      const members = ids.map((id) => buildLabMember(id, { groupInstanceId: id }));
      group = { ...group, members };
    });

    it('are taken out of the group when they go for good; its pods get no costs', async () => {
      await reconcile();
      // The group may be looked at later than that.
      await reconcile();
      expect(writer.removed).toEqual(['consumer-2']);
      expect(writer.costs).toEqual([]);
      expect(writer.statuses).toHaveLength(1);
    });

    it('do not keep the status from being written when they cannot be taken out, which is tried again', async () => {
      writer.failures.set('consumer-2', REFUSED);
      await expect(reconcile()).rejects.toBe(REFUSED);
      expect(writer.statuses).toHaveLength(1);
      writer.failures.clear();
      await reconcile();
      expect(writer.removed).toEqual(['consumer-2']);
    });

    it('are told of once when they came back, unless that is history', async () => {
      const returned = { generation: 7, clientId: 'consumer-a', groupInstanceId: 'consumer-a' };
      group = {
        ...group,
        returns: [
          { ...returned, at: NOW - 1 },
          { ...returned, at: NOW - 3_600_000 },
        ],
      };
      await reconcile();
      await reconcile();
      expect(writer.events.map(({ reason, message }) => [reason, message])).toEqual([
        ['Returned', 'consumer-a came back under its id, nobody noticed: generation 7 goes on'],
      ]);
    });
  });

  describe('writing the status', () => {
    beforeEach(async () => {
      costs = { 'consumer-a': 2, 'consumer-b': 1 };
      await reconcile();
      writer.statuses.length = 0;
    });
    const withNumbers = (lag: number): GroupSnapshot => ({
      ...group,
      lag,
      pods: group.pods.map((pod) => ({ ...pod, lag })),
      explanations: [{ rule: 'lag', tone: 'note', sentence: `${String(lag)} records wait` }],
    });

    it('writes numbers at intervals only, and says when it has to be asked again', async () => {
      group = withNumbers(10);
      now += 1000;
      await expect(reconcile()).resolves.toBe(4000);
      group = withNumbers(20);
      now += 3999;
      await expect(reconcile()).resolves.toBe(1);
      expect(writer.statuses).toEqual([]);
      now += 1;
      await expect(reconcile()).resolves.toBeUndefined();
      expect(writer.statuses.map(({ lag }) => lag)).toEqual([20]);
      group = withNumbers(30);
      await expect(reconcile()).resolves.toBe(5000);
    });

    it.each<{ what: string; change: () => void }>([
      { what: 'a state', change: () => (group = { ...group, state: 'PreparingRebalance' }) },
      {
        what: 'who owns what',
        change: () =>
          (group = {
            ...group,
            pods: group.pods.map((pod) => ({ ...pod, partitions: [...pod.partitions].reverse() })),
          }),
      },
      { what: 'the next pod to go', change: () => (group = withNext(group)) },
      { what: 'a cost', change: () => (costs = { ...costs, 'consumer-a': 5 }) },
      {
        what: 'another generation of the object',
        change: () => (consumerGroup = buildConsumerGroup({ generation: 2 })),
      },
      { what: 'a rebalance', change: () => show(buildRebalance(8)) },
      { what: 'balance', change: () => (group = { ...group, isBalanced: false }) },
    ])('writes $what at once', async ({ change }) => {
      change();
      now += 1;
      await reconcile();
      expect(writer.statuses).toHaveLength(1);
    });

    it('tries again what failed, with the times of the conditions that were written', async () => {
      writer.failures.set('status', REFUSED);
      group = { ...group, isBalanced: false };
      now += 60_000;
      await expect(reconcile()).rejects.toBe(REFUSED);
      writer.failures.clear();
      now += 60_000;
      await reconcile();
      const balanced = writer.statuses.at(-1)?.conditions.find(({ type }) => type === 'Balanced');
      expect(balanced).toMatchObject({ status: 'False', lastTransitionTime: '2026-11-24T10:02:00Z' });
    });

    it('keeps the times of the conditions over a restart', async () => {
      now += 60_000;
      await reconcile();
      group = { ...group, state: 'Stable', lag: 3 };
      await reconcile();
      restart();
      now += 3_600_000;
      await reconcile();
      const times = writer.statuses.at(-1)?.conditions.map(({ lastTransitionTime }) => lastTransitionTime);
      expect(times).toEqual(Array(3).fill('2026-11-24T10:00:00Z'));
    });
  });

  describe('writing deletion costs', () => {
    it('goes on when a pod went while its cost was written', async () => {
      writer.failures.set('consumer-a', GONE).set('consumer-b', new AppError('conflict', 'it is another'));
      await reconcile();
      expect(writer.statuses).toHaveLength(1);
    });

    it('tells what is true of the group, and writes the other costs, also when a pod takes none', async () => {
      writer.failures.set('consumer-a', REFUSED);
      show(buildRebalance(7));
      await expect(reconcile()).rejects.toBe(REFUSED);
      expect(writer.costs).toEqual(['consumer-b 1']);
      expect(writer.statuses).toHaveLength(1);
      expect(writer.events).toHaveLength(1);
      writer.failures.clear();
      await reconcile();
      expect(writer.costs).toEqual(['consumer-b 1', 'consumer-a 2']);
    });

    it('writes none while it is not known who will own what', async () => {
      group = { ...group, state: 'CompletingRebalance' };
      await reconcile();
      expect(writer.costs).toEqual([]);
      expect(writer.statuses).toHaveLength(1);
    });

    it('leaves alone a pod that the platform does not list any more', async () => {
      await reconcileGroup({
        consumerGroup,
        sight: { group, contact: REACHABLE, replicas: buildReplicas(group).slice(1), controller },
        memory,
        writer,
        now,
        onRebalance: () => undefined,
      });
      expect(writer.costs).toEqual(['consumer-b 1']);
    });

    it('takes costs back once when they are not wanted any more, and none that comes from somebody else again', async () => {
      await reconcile();
      consumerGroup = KEEPS_COSTS;
      await reconcile();
      expect(writer.costs.slice(2)).toEqual(['consumer-a -', 'consumer-b -']);
      await reconcile();
      costs = { 'consumer-a': 100 };
      await reconcile();
      await reconcile();
      expect(writer.costs).toHaveLength(4);
    });

    it('tries again to take back what it could not', async () => {
      costs = { 'consumer-a': 2 };
      consumerGroup = KEEPS_COSTS;
      writer.failures.set('consumer-a', REFUSED);
      await expect(reconcile()).rejects.toBe(REFUSED);
      writer.failures.clear();
      await reconcile();
      expect(writer.costs).toEqual(['consumer-a -']);
    });

    it('sets costs again when they are wanted again', async () => {
      await reconcile();
      consumerGroup = KEEPS_COSTS;
      await reconcile();
      consumerGroup = buildConsumerGroup();
      await reconcile();
      expect(writer.costs.slice(4)).toEqual(['consumer-a 2', 'consumer-b 1']);
    });

    it('does not remember pods that are gone', async () => {
      consumerGroup = KEEPS_COSTS;
      for (let generation = 0; generation < 50; generation += 1) {
        const name = `consumer-${String(generation)}`;
        group = { ...group, pods: [buildLabPod(name)] };
        costs = { [name]: 7 };
        await reconcile();
        costs[name] = 7;
      }
      expect(writer.costs).toHaveLength(50);
      expect(memory.released.size).toBe(1);
    });
  });

  describe('telling of rebalances', () => {
    it('waits until cause and pause have settled, and says how long', async () => {
      show(buildRebalance(7, { at: NOW - 1000 }));
      await expect(reconcile()).resolves.toBe(2000);
      expect(writer.events).toEqual([]);
      expect(counted).toEqual([]);
      // The status does not wait.
      expect(writer.statuses.at(-1)?.lastRebalance?.generation).toBe(7);
      now += 2000;
      await reconcile();
      expect(toldGenerations()).toEqual(['7']);
      expect(countedGenerations()).toEqual([7]);
    });

    it('says the nearest time when several have to settle, and when numbers wait, too', async () => {
      show(buildRebalance(8, { at: NOW }), buildRebalance(7, { at: NOW - 1000 }));
      await expect(reconcile()).resolves.toBe(2000);
      group = { ...group, lag: 5 };
      await reconcile();
      now += 100;
      group = { ...group, lag: 6 };
      await expect(reconcile()).resolves.toBe(1900);
      now += 1900;
      await expect(reconcile()).resolves.toBe(1000);
    });

    it('is not put off for long by a broker whose clock is ahead', async () => {
      show(buildRebalance(7, { at: NOW + 3_600_000 }));
      await expect(reconcile()).resolves.toBe(3000);
    });

    it('tells the oldest first', async () => {
      show(buildRebalance(9), buildRebalance(8, { at: NOW - 20_000 }), buildRebalance(7, { at: NOW - 30_000 }));
      await reconcile();
      expect(toldGenerations()).toEqual(['7', '8', '9']);
      expect(countedGenerations()).toEqual([7, 8, 9]);
    });

    it('leaves out what is history', async () => {
      show(buildRebalance(7, { at: NOW - 600_001 }), buildRebalance(6, { at: NOW - 3_600_000 }));
      await reconcile();
      expect(writer.events).toEqual([]);
      expect(counted).toEqual([]);
    });

    it('tells again under the same name when more becomes known, and counts once', async () => {
      show(buildRebalance(7, { cause: { kind: 'unknown', sentence: 'why is not known' } }));
      await reconcile();
      show(buildRebalance(7, { cause: { kind: 'killed', sentence: 'consumer-a was killed' } }));
      await reconcile();
      show(buildRebalance(7, { cause: { kind: 'killed', sentence: 'consumer-a was killed' }, longestPauseMs: 900 }));
      await reconcile();
      await reconcile();
      expect(writer.events.map(({ type }) => type)).toEqual(['Normal', 'Warning', 'Warning']);
      expect(writer.events.at(-1)?.message).toContain('longest pause 900 ms');
      expect(new Set(writer.events.map(({ name }) => name)).size).toBe(1);
      expect(counted).toHaveLength(1);
    });

    it('tries again what could not be told, in order, and counts nothing before it is told', async () => {
      show(buildRebalance(8), buildRebalance(7, { at: NOW - 20_000 }));
      writer.failures.set('event', REFUSED);
      await expect(reconcile()).rejects.toBe(REFUSED);
      expect(counted).toEqual([]);
      writer.failures.clear();
      await reconcile();
      expect(toldGenerations()).toEqual(['7', '8']);
      expect(countedGenerations()).toEqual([7, 8]);
    });

    it('tells once although the status could not be written afterwards', async () => {
      show(buildRebalance(7));
      writer.failures.set('status', REFUSED);
      await expect(reconcile()).rejects.toBe(REFUSED);
      await expect(reconcile()).rejects.toBe(REFUSED);
      writer.failures.clear();
      await reconcile();
      expect(writer.events).toHaveLength(1);
      expect(counted).toHaveLength(1);
      expect(writer.statuses).toHaveLength(1);
    });

    it('tells and counts the rebalances of a group that was deleted in Kafka and made again', async () => {
      show(buildRebalance(7));
      await reconcile();
      const again = { cause: { kind: 'group-started', sentence: 'the group began with consumer-a' } } as const;
      for (const generation of [1, 7]) {
        now += 60_000;
        show(buildRebalance(generation, { at: now - 5000, ...again }), ...group.rebalances);
        await reconcile();
      }
      expect(toldGenerations()).toEqual(['7', '1', '7']);
      expect(new Set(writer.events.map(({ name }) => name)).size).toBe(3);
      expect(countedGenerations()).toEqual([7, 1, 7]);
    });

    it('remembers of what it told as much as it has to, however many rebalances there are', async () => {
      for (let generation = 1; generation <= 400; generation += 1) {
        now += 10_000;
        show(buildRebalance(generation, { at: now - 5000 }), ...group.rebalances.slice(0, 19));
        await reconcile();
      }
      expect(writer.events).toHaveLength(400);
      expect(counted).toHaveLength(400);
      expect(memory.told.size).toBeLessThanOrEqual(200);
    });
  });

  describe('after a restart', () => {
    const forgotten = { cause: { kind: 'unknown', sentence: 'why is not known' }, longestPauseMs: null } as const;
    const known = { cause: { kind: 'killed', sentence: 'consumer-a was killed' }, longestPauseMs: 900 } as const;

    it('counts nothing that was counted, and tells nothing that was told', async () => {
      show(buildRebalance(8, known), buildRebalance(7, { at: NOW - 20_000 }));
      await reconcile();
      const [earlier, last] = writer.events;
      restart();
      // Who was not there does not know why.
      show(buildRebalance(8, forgotten), buildRebalance(7, { at: NOW - 20_000, ...forgotten }));
      now += 1000;
      await reconcile();
      expect(countedGenerations()).toEqual([7, 8]);
      expect(writer.events.filter(({ name }) => name === earlier?.name)).toEqual([earlier]);
      for (const again of writer.events.slice(2)) expect(again).toEqual(last);
    });

    it('keeps what was known of the last rebalance', async () => {
      show(buildRebalance(8, known));
      await reconcile();
      const told = writer.statuses.at(-1)?.lastRebalance;
      restart();
      show(buildRebalance(8, forgotten));
      await reconcile();
      expect(writer.statuses.at(-1)?.lastRebalance).toEqual(told);
      restart();
      show();
      now += 10_000;
      await reconcile();
      expect(writer.statuses.at(-1)?.lastRebalance).toEqual(told);
    });

    it('knows better what it has seen itself', async () => {
      show(buildRebalance(8, forgotten));
      await reconcile();
      restart();
      show(buildRebalance(8, known));
      await reconcile();
      expect(writer.statuses.at(-1)?.lastRebalance).toMatchObject({ cause: 'killed', longestPauseMilliseconds: 900 });
    });

    it('tells what its predecessor had no time to tell', async () => {
      show(buildRebalance(8, { at: NOW - 1000 }), buildRebalance(7, { at: NOW - 2000 }));
      await reconcile();
      expect(writer.events).toEqual([]);
      restart();
      now += 5000;
      await reconcile();
      expect(toldGenerations()).toEqual(['7', '8']);
    });

    it('tells and counts what happened meanwhile', async () => {
      show(buildRebalance(8));
      await reconcile();
      restart();
      now += 60_000;
      show(buildRebalance(9, { at: NOW + 30_000 }), buildRebalance(8));
      await reconcile();
      expect(toldGenerations()).toContain('9');
      expect(countedGenerations()).toEqual([8, 9]);
    });

    it('counts a group that was made again meanwhile', async () => {
      show(buildRebalance(8));
      await reconcile();
      restart();
      now += 60_000;
      show(buildRebalance(1, { at: NOW + 30_000 }));
      await reconcile();
      expect(countedGenerations()).toEqual([8, 1]);
      expect(writer.statuses.at(-1)?.lastRebalance?.generation).toBe(1);
    });
  });
});

function withNext(group: GroupSnapshot): GroupSnapshot {
  return { ...group, pods: group.pods.map((pod, index) => ({ ...pod, isNextToGo: index === 0 })) };
}
