import { describe, expect, it } from '@jest/globals';
import { parseMemberUserData } from '../../lib/contracts/member.ts';
import { encodeAssignment, encodeSubscription } from '../assignor/encode-subscription.ts';
import { COOPERATIVE_STICKY_PROTOCOL, listAssignors, STICKY_PROTOCOL } from '../assignor/assignors.ts';
import { decodeAssignment, decodeSubscription } from '../consumer-offsets/decode-subscription.ts';
import type { GroupAssignment, JoinedGroup, JoinFields } from '../kafkajs/group-requests.ts';
import type { GroupProtocol } from './group-protocol.ts';
import { Joiner } from './joiner.ts';
import { Membership } from './membership.ts';
import { protocolError } from './testing/fake-group.ts';

const identity = { pod: 'consumer-1', uid: 'u', startedAt: '2026-01-01T00:00:00.000Z', node: 'n' };
const wait = { signal: new AbortController().signal, onSign: () => undefined };

/** Another member, as it joined. */
function joinedAs(memberId: string, { topics = ['app'], owned = {}, generation = -1 } = {}) {
  const userData = { identity: { ...identity, pod: memberId }, owned, generation };
  return { memberId, memberMetadata: encodeSubscription({ topics, userData, owned, generation, isCooperative: true }) };
}

/** A group whose next generation is as told. */
function create() {
  const membership = new Membership();
  const next = {
    generationId: 1,
    groupProtocol: COOPERATIVE_STICKY_PROTOCOL,
    leaderId: 'other',
    members: [] as JoinedGroup['members'],
    /** What the leader assigns to this member. */
    assigned: [] as readonly number[],
    assignment: undefined as Buffer | undefined,
    syncError: undefined as Error | undefined,
  };
  const joins: { readonly memberId: string; readonly fields: JoinFields }[] = [];
  const decisions: GroupAssignment[] = [];
  /** What it was when it asked for the assignment. */
  const seenAtSync: unknown[] = [];
  const read: string[][] = [];
  const partitions = new Map([['app', [0, 1, 2, 3]]]);
  const protocol = {
    join(memberId, fields, _, onMemberId) {
      joins.push({ memberId, fields });
      if (memberId === '') onMemberId('me');
      return Promise.resolve({ ...next, memberId: 'me' });
    },
    sync(of, decision) {
      decisions.push(decision);
      seenAtSync.push({ of, identity: membership.identity, partitions: membership.partitions });
      if (next.syncError !== undefined) return Promise.reject(next.syncError);
      return Promise.resolve(next.assignment ?? encodeAssignment({ app: next.assigned }));
    },
  } as Pick<GroupProtocol, 'join' | 'sync'> as GroupProtocol;
  const joiner = new Joiner({
    topic: 'app',
    identity,
    assignors: listAssignors('cooperative-sticky'),
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    membership,
    protocol,
    readPartitions: (topics) => {
      read.push([...topics].sort());
      return Promise.resolve(new Map([...topics].map((topic) => [topic, partitions.get(topic) ?? []])));
    },
  });
  const join = async () => {
    const assigned = await joiner.join(wait);
    membership.take(assigned);
    return assigned;
  };
  /** What it told of itself when it joined last, by protocol. */
  const told = (protocol: string) => {
    const metadata = joins.at(-1)?.fields.groupProtocols.find(({ name }) => name === protocol)?.metadata;
    const subscription = decodeSubscription(metadata ?? Buffer.alloc(0));
    const userData = parseMemberUserData(subscription?.userData);
    return {
      topics: subscription?.topics,
      owned: subscription?.ownedPartitions,
      generation: subscription?.generation,
      claims: userData && { owned: userData.owned, generation: userData.generation },
      pod: userData?.identity.pod,
    };
  };
  return { membership, joiner, next, joins, decisions, seenAtSync, read, partitions, join, told };
}

describe('Joiner', () => {
  it('offers its assignors in their order, with its timeouts, and takes the name that it is given', async () => {
    const { membership, joiner, joins, join } = create();
    expect(joiner.assignor).toBeUndefined();
    await join();
    expect(joins).toMatchObject([{ memberId: '', fields: { sessionTimeout: 10_000, rebalanceTimeout: 60_000 } }]);
    const names = joins[0]?.fields.groupProtocols.map(({ name }) => name);
    expect(names).toEqual(listAssignors('cooperative-sticky').map(({ protocol }) => protocol));
    expect(membership.memberId).toBe('me');
    await join();
    expect(joins[1]?.memberId).toBe('me');
    expect(joiner.assignor?.protocol).toBe(COOPERATIVE_STICKY_PROTOCOL);
  });

  it('takes from the leader what it is assigned, and decides nothing where another one leads', async () => {
    const { next, decisions, read, seenAtSync, join } = create();
    next.assigned = [2, 3];
    expect(await join()).toEqual({
      memberId: 'me',
      generation: 1,
      protocol: COOPERATIVE_STICKY_PROTOCOL,
      partitions: [2, 3],
    });
    expect([decisions, read]).toEqual([[[]], []]);
    // It speaks in the new generation before it knows what is assigned in it.
    const of = { memberId: 'me', generation: 1 };
    expect(seenAtSync).toEqual([{ of, identity: of, partitions: [] }]);
  });

  it('asks ahead for the partitions where it led before, and again only for topics that it did not know of', async () => {
    const { next, decisions, read, partitions, join } = create();
    Object.assign(next, { leaderId: 'me', members: [joinedAs('me')] });
    await join();
    expect(read).toEqual([['app']]);
    await join();
    expect(read).toEqual([['app'], ['app']]);
    partitions.set('orders', [0]);
    next.members = [joinedAs('me', { topics: ['app', 'orders'] })];
    await join();
    expect(read.slice(2)).toEqual([['app'], ['app', 'orders']]);
    expect(decodeAssignment(decisions.at(-1)?.[0]?.memberAssignment ?? Buffer.alloc(0))?.partitions).toEqual({
      app: [0, 1, 2, 3],
      orders: [0],
    });
  });

  it.each([
    { title: 'nothing', assignment: Buffer.alloc(0) },
    { title: 'other topics only', assignment: encodeAssignment({ orders: [0] }) },
    { title: 'bytes that nobody can read', assignment: Buffer.from([0, 0, 255, 255]) },
  ])('owns nothing where the leader sends $title', async ({ assignment }) => {
    const { next, join } = create();
    next.assignment = assignment;
    expect(await join()).toMatchObject({ partitions: [] });
  });

  it('decides for everybody where it leads, from the partitions of all their topics', async () => {
    const { next, decisions, read, partitions, join } = create();
    partitions.set('orders', [0]);
    Object.assign(next, {
      leaderId: 'me',
      members: [joinedAs('me'), joinedAs('other', { topics: ['app', 'orders'], owned: { app: [3] }, generation: 1 })],
      assigned: [0, 1],
    });
    expect(await join()).toMatchObject({ partitions: [0, 1] });
    expect(read).toEqual([['app', 'orders']]);
    const decided = decisions[0]?.map(({ memberId, memberAssignment }) => [
      memberId,
      decodeAssignment(memberAssignment)?.partitions,
    ]);
    expect(Object.fromEntries(decided ?? [])).toEqual({
      me: { app: [0, 1] },
      other: { app: [2, 3], orders: [0] },
    });
  });

  it('decides nothing where it leads and is not told of the members', async () => {
    const { next, joiner, decisions, read, join } = create();
    Object.assign(next, { leaderId: 'me', members: [] });
    await join();
    expect([decisions, read, joiner.isOutdated(99)]).toEqual([[[]], [], false]);
  });

  it('does not decide by an assignor that it does not offer', async () => {
    const { next, decisions, joiner, join } = create();
    Object.assign(next, { leaderId: 'me', members: [joinedAs('me')], groupProtocol: 'range' });
    await expect(join()).rejects.toThrow('the group uses range, which this member does not offer');
    expect([decisions, joiner.isOutdated(99)]).toEqual([[], false]);
  });

  it('is outdated where it leads and its topic has other partitions than it decided from', async () => {
    const { next, joiner, join } = create();
    expect(joiner.isOutdated(4)).toBe(false);
    await join();
    expect(joiner.isOutdated(99)).toBe(false);
    Object.assign(next, { leaderId: 'me', members: [joinedAs('me')] });
    await join();
    expect([joiner.isOutdated(4), joiner.isOutdated(5), joiner.isOutdated(3)]).toEqual([false, true, true]);
    next.leaderId = 'other';
    await join();
    expect(joiner.isOutdated(5)).toBe(false);
  });

  it('is not outdated by a generation whose decision it could not send', async () => {
    const { next, joiner, join } = create();
    Object.assign(next, {
      leaderId: 'me',
      members: [joinedAs('me')],
      syncError: protocolError('REBALANCE_IN_PROGRESS'),
    });
    await expect(join()).rejects.toThrow('REBALANCE_IN_PROGRESS');
    expect(joiner.isOutdated(5)).toBe(false);
  });
});

describe('Joiner, of itself', () => {
  it('claims nothing before its first generation', async () => {
    const { join, told } = create();
    await join();
    for (const protocol of [COOPERATIVE_STICKY_PROTOCOL, STICKY_PROTOCOL]) {
      expect(told(protocol)).toEqual({
        topics: ['app'],
        owned: {},
        generation: undefined,
        claims: { owned: {}, generation: -1 },
        pod: 'consumer-1',
      });
    }
  });

  it('says in every protocol what it owns, and claims it', async () => {
    const { next, join, told } = create();
    Object.assign(next, { generationId: 4, assigned: [1, 2] });
    await join();
    await join();
    for (const protocol of [COOPERATIVE_STICKY_PROTOCOL, STICKY_PROTOCOL]) {
      expect(told(protocol)).toMatchObject({
        owned: { app: [1, 2] },
        generation: 4,
        claims: { owned: { app: [1, 2] }, generation: 4 },
      });
    }
  });

  it('claims for a cooperative generation only what it has not given up, for an eager one what it had last', async () => {
    const { membership, next, join, told } = create();
    Object.assign(next, { generationId: 4, assigned: [1, 2], groupProtocol: STICKY_PROTOCOL });
    await join();
    membership.giveUp(membership.tenures);
    next.generationId = 5;
    await join();
    expect(told(COOPERATIVE_STICKY_PROTOCOL)).toMatchObject({ owned: {}, claims: { owned: {}, generation: 4 } });
    expect(told(STICKY_PROTOCOL)).toMatchObject({ owned: {}, claims: { owned: { app: [1, 2] }, generation: 4 } });
    expect(told(STICKY_PROTOCOL).generation).toBeUndefined();
  });

  it('owns in a generation that it joined in vain what it owned before, and claims for an eager one the last it knows', async () => {
    const { next, join, told } = create();
    Object.assign(next, { generationId: 4, assigned: [1] });
    await join();
    Object.assign(next, { generationId: 5, syncError: protocolError('REBALANCE_IN_PROGRESS') });
    await expect(join()).rejects.toThrow();
    next.syncError = undefined;
    await join();
    expect(told(COOPERATIVE_STICKY_PROTOCOL)).toMatchObject({
      owned: { app: [1] },
      generation: 5,
      claims: { owned: { app: [1] }, generation: 5 },
    });
    expect(told(STICKY_PROTOCOL).claims).toEqual({ owned: { app: [1] }, generation: 4 });
  });

  it('owns nothing any more after it lost everything', async () => {
    const { membership, next, join, told } = create();
    Object.assign(next, { generationId: 4, assigned: [1] });
    await join();
    membership.lose(false);
    await join();
    expect(told(COOPERATIVE_STICKY_PROTOCOL)).toMatchObject({ owned: {}, claims: { owned: {}, generation: -1 } });
    expect(told(STICKY_PROTOCOL).claims).toEqual({ owned: { app: [1] }, generation: 4 });
  });
});
