import { buildMember } from '../../groups/testing/group-fixture.ts';
import { describe, expect, it } from '@jest/globals';
import type { GroupView } from '../../lib/contracts/group.ts';
import type { Replica, Workload } from '../../lib/contracts/replica.ts';
import { createRandom } from './random.ts';
import { chooseTargets, parseTarget, type TargetFacts } from './targets.ts';

function buildReplica(name: string, workload: Workload, changes: Partial<Replica> = {}): Replica {
  const ordinal = Number(name.split('-').at(-1));
  return {
    name,
    workload,
    uid: name,
    ordinal,
    node: 'node',
    zone: undefined,
    phase: 'ready',
    startedAt: `2026-11-24T10:00:0${String(ordinal)}.000Z`,
    restarts: 0,
    url: undefined,
    ...changes,
  };
}

const REPLICAS: readonly Replica[] = [
  ...[0, 1, 2].map((ordinal) => buildReplica(`kafka-${String(ordinal)}`, 'kafka')),
  ...[0, 1, 2].map((ordinal) => buildReplica(`zookeeper-${String(ordinal)}`, 'zookeeper')),
  ...[1, 2, 3].map((ordinal) => buildReplica(`consumer-${String(ordinal)}`, 'consumer')),
  buildReplica('consumer-4', 'consumer', { phase: 'starting' }),
];

function buildFacts(changes: Partial<TargetFacts> = {}): TargetFacts {
  const group: Pick<GroupView, 'members' | 'coordinator'> = {
    coordinator: 2,
    members: [buildMember('consumer-1', [0, 1, 4]), buildMember('consumer-2', [2, 3]), buildMember('consumer-3', [])],
  };
  const broker = (brokerId: number) => ({ brokerId, isController: brokerId === 1, leaders: 0, replicas: 0, inSync: 0 });
  return {
    listReplicas: (workload) => Promise.resolve(REPLICAS.filter((replica) => replica.workload === workload)),
    inspectGroup: () => Promise.resolve(group as GroupView),
    inspectBrokers: () => Promise.resolve({ clusterId: 'c', brokers: [0, 1, 2].map(broker), underReplicated: 0 }),
    findLeaders: () => Promise.resolve(new Map([[0, 2]])),
    readServerRole: ({ ordinal }) => Promise.resolve(ordinal === 1 ? 'leader' : 'follower'),
    impaired: { paused: new Set(['consumer-2']), stopped: new Set() },
    ...changes,
  };
}

async function choose(phrase: string, facts = buildFacts(), seed = 1): Promise<readonly string[]> {
  const target = parseTarget(phrase);
  if (target === undefined) throw new RangeError(`no target: ${phrase}`);
  return chooseTargets(target, facts, createRandom(seed));
}

describe('chooseTargets', () => {
  it.each([
    ['the consumer that owns most', 'consumer-1'],
    ['the replica that owns most', 'consumer-1'],
    ['the consumer that owns least', 'consumer-3'],
    ['an idle consumer', 'consumer-3'],
    ['the owner of partition 3', 'consumer-2'],
    ['the oldest consumer', 'consumer-1'],
    ['the newest consumer', 'consumer-3'],
    ['the leader of partition 0', 'kafka-2'],
    ['the group’s coordinator', 'kafka-2'],
    ['the controller', 'kafka-1'],
    ['the ZooKeeper leader', 'zookeeper-1'],
    ['what was paused', 'consumer-2'],
    ['kafka-0', 'kafka-0'],
  ])('finds %s', async (phrase, name) => {
    await expect(choose(phrase)).resolves.toEqual([name]);
  });

  it('lets the seed decide among equals, alike every time', async () => {
    const chosen = await Promise.all(Array.from({ length: 20 }, (_, seed) => choose('any broker', buildFacts(), seed)));
    expect(new Set(chosen.flat())).toEqual(new Set(['kafka-0', 'kafka-1', 'kafka-2']));
    await expect(choose('any broker', buildFacts(), 7)).resolves.toEqual(await choose('any broker', buildFacts(), 7));
  });

  it('chooses nobody who is not ready', async () => {
    const chosen = await Promise.all(
      Array.from({ length: 20 }, (_, seed) => choose('any consumer', buildFacts(), seed)),
    );
    expect(chosen.flat()).not.toContain('consumer-4');
  });

  it('says so when there is none', async () => {
    await expect(choose('what was stopped')).rejects.toThrow('nothing is stopped');
    await expect(choose('the owner of partition 9')).rejects.toThrow('none is it now: owner');
    const leaderless = buildFacts({ readServerRole: () => Promise.resolve(undefined) });
    await expect(choose('the ZooKeeper leader', leaderless)).rejects.toThrow('none is it now: zookeeper-leader');
    const ungrouped = buildFacts({
      inspectGroup: () => Promise.resolve({ members: [], coordinator: null } as unknown as GroupView),
    });
    await expect(choose('the consumer that owns most', ungrouped)).rejects.toThrow('none is it now');
    await expect(choose('the group’s coordinator', ungrouped)).rejects.toThrow('none is it now');
  });
});
