import { describe, expect, it } from '@jest/globals';
import { AssignerProtocol } from 'kafkajs';
import type { Assigner, Cluster, GroupMember, GroupMemberAssignment, Logger } from 'kafkajs';

import { parseMemberUserData } from '../../lib/contracts/member.ts';
import type { MemberIdentity, MemberUserData } from '../../lib/contracts/member.ts';
import { createAssignors, STICKY_PROTOCOL } from './kafkajs-assignors.ts';
import type { AssignorOptions, StickyDecision } from './kafkajs-assignors.ts';

const ROUND_ROBIN_PROTOCOL = 'RoundRobinAssigner';

type ClusterPort = Pick<Cluster, 'findTopicPartitionMetadata' | 'addTargetTopic'>;

/** A cluster whose client knows some topics and can ask for others. */
class FakeCluster implements ClusterPort {
  readonly asked: string[] = [];
  readonly #known: Record<string, number>;
  readonly #others: Record<string, number | Error>;

  constructor(known: Record<string, number>, others: Record<string, number | Error> = {}) {
    this.#known = { ...known };
    this.#others = others;
  }

  findTopicPartitionMetadata(topic: string): ReturnType<Cluster['findTopicPartitionMetadata']> {
    const count = this.#known[topic] ?? 0;
    const partitionIds = [...Array(count).keys()].reverse();
    return partitionIds.map((partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 1,
      replicas: [1],
      isr: [1],
    }));
  }

  addTargetTopic(topic: string): Promise<void> {
    this.asked.push(topic);
    const answer = this.#others[topic] ?? protocolError('UNKNOWN_TOPIC_OR_PARTITION');
    if (answer instanceof Error) return Promise.reject(answer);
    this.#known[topic] = answer;
    return Promise.resolve();
  }
}

function protocolError(type: string): Error {
  return Object.assign(new Error(type), { type });
}

function identityOf(pod: string): MemberIdentity {
  return { pod, uid: `uid-of-${pod}`, startedAt: '2026-11-22T10:00:00.000Z', node: 'node-1' };
}

function openAssigners(
  options: Partial<AssignorOptions>,
  cluster: ClusterPort = new FakeCluster({ app: 6 }),
): Assigner[] {
  const assignors = createAssignors({
    identity: identityOf('consumer-0'),
    getOwned: () => ({ owned: {}, generation: -1 }),
    ...options,
  });
  return assignors.map((create) => create({ cluster: cluster as Cluster, groupId: 'app', logger: {} as Logger }));
}

function findAssigner(assigners: readonly Assigner[], name: string): Assigner {
  const assigner = assigners.find((candidate) => candidate.name === name);
  if (!assigner) throw new Error(`No assigner is named ${name}`);
  return assigner;
}

const openSticky = (cluster?: ClusterPort, options: Partial<AssignorOptions> = {}): Assigner =>
  findAssigner(openAssigners(options, cluster), STICKY_PROTOCOL);

/** A member as the broker hands it to the leader: with the metadata its own assignor encoded. */
function joinAs(memberId: string, userData: Partial<MemberUserData> = {}, topics = ['app']): GroupMember {
  const { identity = identityOf(memberId), owned = {}, generation = -1 } = userData;
  const sticky = openSticky(undefined, { identity, getOwned: () => ({ owned, generation }) });
  return { memberId, memberMetadata: sticky.protocol({ topics }).metadata };
}

function joinAsForeign(memberId: string, userData: Buffer, version = 0): GroupMember {
  return { memberId, memberMetadata: AssignerProtocol.MemberMetadata.encode({ version, topics: ['app'], userData }) };
}

function decodeAll(assignments: readonly GroupMemberAssignment[]): Record<string, unknown> {
  return Object.fromEntries(
    assignments.map(({ memberId, memberAssignment }) => [
      memberId,
      AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment,
    ]),
  );
}

describe('createAssignors', () => {
  it.each([
    { order: undefined, names: [STICKY_PROTOCOL, ROUND_ROBIN_PROTOCOL] },
    { order: 'sticky' as const, names: [STICKY_PROTOCOL, ROUND_ROBIN_PROTOCOL] },
    { order: 'round-robin' as const, names: [ROUND_ROBIN_PROTOCOL, STICKY_PROTOCOL] },
  ])('offers $names when the order is $order', ({ order, names }) => {
    const assigners = openAssigners(order ? { order } : {});
    expect(assigners.map(({ name }) => name)).toEqual(names);
    expect(findAssigner(assigners, STICKY_PROTOCOL).version).toBe(1);
  });

  it('tells with every assignor who the member is and what it owns at the time of the join', () => {
    let generation = 4;
    const identity = identityOf('consumer-7');
    const assigners = openAssigners({ identity, getOwned: () => ({ owned: { app: [generation] }, generation }) });
    const announce = (): unknown[] =>
      assigners.map((assigner) => {
        const { name, metadata } = assigner.protocol({ topics: ['app', 'orders'] });
        const decoded = AssignerProtocol.MemberMetadata.decode(metadata);
        return { name, topics: decoded?.topics, userData: parseMemberUserData(decoded?.userData) };
      });
    const expectedAt = (current: number): unknown[] =>
      [STICKY_PROTOCOL, ROUND_ROBIN_PROTOCOL].map((name) => ({
        name,
        topics: ['app', 'orders'],
        userData: { identity, owned: { app: [current] }, generation: current },
      }));

    expect(announce()).toEqual(expectedAt(4));
    generation = 5;
    expect(announce()).toEqual(expectedAt(5));
  });

  it('writes subscriptions in version 0 of the consumer protocol, the only one kafkajs can write whole', () => {
    for (const assigner of openAssigners({})) {
      expect(assigner.protocol({ topics: ['app'] }).metadata.readInt16BE(0)).toBe(0);
    }
  });
});

describe('the sticky assignor in kafkajs', () => {
  it('leaves partitions with the members that announce them', async () => {
    const members = [
      joinAs('a', { owned: { app: [4, 5] }, generation: 3 }),
      joinAs('b', { owned: { app: [0, 1] }, generation: 3 }),
      joinAs('c'),
    ];
    expect(decodeAll(await openSticky().assign({ members, topics: ['app'] }))).toEqual({
      a: { app: [4, 5] },
      b: { app: [0, 1] },
      c: { app: [2, 3] },
    });
  });

  it('answers idle members as well', async () => {
    const members = [joinAs('a'), joinAs('b')];
    const assignments = await openSticky(new FakeCluster({ app: 1 })).assign({ members, topics: ['app'] });
    expect(decodeAll(assignments)).toEqual({ a: { app: [0] }, b: {} });
  });

  it.each([
    { title: 'sends no user data', userData: Buffer.alloc(0) },
    { title: 'sends user data of its own', userData: Buffer.from([0, 1, 0xff, 0xfe]) },
    { title: 'sends our user data cut short', userData: Buffer.from('{"identity":{"pod":"b"') },
    { title: 'sends JSON of another form', userData: Buffer.from('{"owned":{"app":[0,1,2,3,4,5]}}') },
    { title: 'sends the bytes of a newer client', userData: Buffer.alloc(0), version: 3 },
  ])('takes a member that $title for one without claims', async ({ userData, version }) => {
    const members = [joinAs('a', { owned: { app: [0, 5] }, generation: 1 }), joinAsForeign('b', userData, version)];
    expect(decodeAll(await openSticky().assign({ members, topics: ['app'] }))).toEqual({
      a: { app: [0, 3, 5] },
      b: { app: [1, 2, 4] },
    });
  });

  it('gives nothing to a member whose subscription is cut short, wherever it is cut', async () => {
    const whole = joinAs('b').memberMetadata;
    const lastByteOfTopics = whole.indexOf('app') + 'app'.length;
    for (let length = 0; length < lastByteOfTopics - 1; length += 1) {
      const members = [joinAs('a'), { memberId: 'b', memberMetadata: whole.subarray(0, length) }];
      const assignments = await openSticky().assign({ members, topics: ['app'] });
      expect(decodeAll(assignments)).toEqual({ a: { app: [0, 1, 2, 3, 4, 5] }, b: {} });
    }
  });

  it('looks for no topic without a name, which damaged subscriptions can contain', async () => {
    const cluster = new FakeCluster({ app: 2 });
    const [version, twoTopics, nullName, emptyName, noUserData] = ['0000', '00000002', 'ffff', '0000', 'ffffffff'];
    const memberMetadata = Buffer.from([version, twoTopics, nullName, emptyName, noUserData].join(''), 'hex');
    const members = [joinAs('a'), { memberId: 'b', memberMetadata }];
    const assignments = await openSticky(cluster).assign({ members, topics: ['app'] });
    expect(decodeAll(assignments)).toEqual({ a: { app: [0, 1] }, b: {} });
    expect(cluster.asked).toEqual([]);
  });

  it("goes by every member's own subscription, and has the leader learn the topics only others know", async () => {
    const cluster = new FakeCluster({ app: 2 }, { orders: 2 });
    const members = [joinAs('a'), joinAs('b', {}, ['app', 'orders'])];
    const assignments = await openSticky(cluster).assign({ members, topics: ['app'] });
    expect(decodeAll(assignments)).toEqual({ a: { app: [0, 1] }, b: { orders: [0, 1] } });
    expect(cluster.asked).toEqual(['orders']);
  });

  it('assigns the rest when another member subscribed to a topic that does not exist', async () => {
    const cluster = new FakeCluster({ app: 2 });
    const members = [joinAs('a'), joinAs('b', {}, ['app', 'missing'])];
    const assignments = await openSticky(cluster).assign({ members, topics: ['app'] });
    expect(decodeAll(assignments)).toEqual({ a: { app: [0] }, b: { app: [1] } });
  });

  it('fails rather than leave out a topic that the brokers did not answer for', async () => {
    const cluster = new FakeCluster({ app: 2 }, { orders: new Error('connection timeout') });
    const members = [joinAs('a', {}, ['app', 'orders'])];
    await expect(openSticky(cluster).assign({ members, topics: ['app'] })).rejects.toThrow('connection timeout');
  });

  it('reports what it decided and for which pods', async () => {
    const decisions: StickyDecision[] = [];
    const sticky = openSticky(undefined, { onAssigned: (decision) => decisions.push(decision) });
    await sticky.assign({ members: [joinAs('a'), joinAsForeign('b', Buffer.alloc(0))], topics: ['app'] });
    expect(decisions).toHaveLength(1);
    expect(decisions[0]?.groupId).toBe('app');
    expect(decisions[0]?.members.map(({ pod }) => pod)).toEqual(['a', undefined]);
    expect(Object.fromEntries(decisions[0]?.assignment ?? [])).toEqual({
      a: { app: [0, 2, 4] },
      b: { app: [1, 3, 5] },
    });
  });
});

describe('the round-robin assignor beside it', () => {
  it("assigns as kafkajs' own does", async () => {
    const [roundRobin] = openAssigners({ order: 'round-robin' }, new FakeCluster({ app: 4 }));
    const members = [joinAs('b', { owned: { app: [0, 1, 2, 3] }, generation: 1 }), joinAs('a')];
    expect(decodeAll((await roundRobin?.assign({ members, topics: ['app'] })) ?? [])).toEqual({
      a: { app: [3, 1] },
      b: { app: [2, 0] },
    });
  });
});
