import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { listAssignors, type AssignorName } from '../assignor/assignors.ts';
import { encodeSubscription } from '../assignor/encode-subscription.ts';
import type { LogRecord } from '../records/log-record.ts';
import type { Assignment } from './group-consumer.ts';
import { Member } from './member.ts';
import { FAKE_TOPIC, FakeGroup, FakeLog } from './testing/fake-group.ts';
import { until } from './testing/until.ts';

const PARTITIONS = 4;
const identity = { pod: 'consumer-1', uid: 'u', startedAt: '2026-01-01T00:00:00.000Z', node: 'n' };

interface Options {
  readonly assignor?: AssignorName;
  readonly instanceId?: string | null;
  readonly process?: (record: LogRecord, signal: AbortSignal) => Promise<void> | undefined;
}

const started: Member[] = [];
afterEach(() => Promise.all(started.splice(0).map((member) => member.stop())));

function createMember({ assignor = 'cooperative-sticky', instanceId = null, process }: Options = {}) {
  const fenced: string[] = [];
  const group = new FakeGroup();
  const log = new FakeLog(PARTITIONS);
  const receipts: Receipt[] = [];
  const assignments: Assignment[] = [];
  const released: number[][] = [];
  const processed = new Map<number, number[]>();
  const member = new Member({
    groupId: 'app',
    topic: FAKE_TOPIC,
    identity,
    sessionTimeoutMs: 10_000,
    heartbeatIntervalMs: 1,
    rebalanceTimeoutMs: 6000,
    concurrency: 16,
    commitEveryRecords: 10,
    commitEveryMs: 5,
    process: (record, signal) => {
      // Whoever was told that it is no member, and begins a record all the same, works beside its successor.
      if (group.isTold) group.violations.push(`processes ${String(record.partition)} after it was told`);
      const before = processed.get(record.partition) ?? [];
      processed.set(record.partition, [...before, record.offset]);
      return process?.(record, signal);
    },
    writeReceipt: (receipt) => {
      receipts.push(receipt);
      return Promise.resolve();
    },
    onAssigned: (assignment) => assignments.push(assignment),
    onReleased: (partitions) => released.push([...partitions]),
    instanceId,
    onFenced: (reason) => fenced.push(reason.message),
    assignors: listAssignors(assignor),
    protocol: group,
    log,
    readPartitions: () => Promise.resolve(new Map([[FAKE_TOPIC, [...log.leaders.keys()]]])),
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    logger: createSilentLogger(),
  });
  started.push(member);
  return { member, group, log, receipts, assignments, released, processed, fenced };
}

describe('Member', () => {
  it('joins under the id that it is given, processes in order, writes receipts and commits', async () => {
    const { member, group, log, receipts, processed, assignments } = createMember();
    group.assignment = [0, 2];
    log.append(0, 7);
    log.append(2, 4);
    member.start();
    await until(() => group.committed.get(0) === 7 && group.committed.get(2) === 4);
    expect(processed).toEqual(
      new Map([
        [0, [0, 1, 2, 3, 4, 5, 6]],
        [2, [0, 1, 2, 3]],
      ]),
    );
    expect(receipts.every(({ member: pod, generation }) => pod === 'consumer-1' && generation === 1)).toBe(true);
    expect(assignments).toMatchObject([{ partitions: [0, 2], gained: [0, 2], lost: [], pauseMs: undefined }]);
    expect(member.state()).toMatchObject({ phase: 'member', memberId: 'me-1', generation: 1, partitions: [0, 2] });
    await member.stop();
    expect(group.asked.at(-1)).toBe('leave me-1');
    expect(group.violations).toEqual([]);
  });

  it('goes on with partitions that stay, while the group rebalances', async () => {
    const { member, group, log, released, assignments } = createMember();
    group.assignment = [0, 1];
    member.start();
    await until(() => assignments.length === 1);
    group.rebalance([0, 1, 2]);
    // Nobody answers the join for now.
    group.failures.sync.push(...Array.from({ length: 5 }, () => 'REBALANCE_IN_PROGRESS'));
    log.append(0, 5);
    await until(() => group.committed.get(0) === 5);
    await until(() => assignments.length === 2);
    expect(released).toEqual([]);
    expect(assignments[1]).toMatchObject({ gained: [2], lost: [], pauseMs: undefined });
    expect(group.violations).toEqual([]);
  });

  it('accounts for what is taken away before anybody else may have it, and joins again', async () => {
    const gate = Promise.withResolvers<undefined>();
    const { member, group, log, assignments, receipts } = createMember({ process: () => gate.promise });
    group.assignment = [0, 1];
    log.append(1, 1);
    member.start();
    await until(() => assignments.length === 1);
    await delay(10);
    group.rebalance([0]);
    await until(() => assignments.length === 2);
    const joins = group.asked.filter((what) => what === 'join').length;
    expect(group.committed.get(1)).toBeUndefined();
    gate.resolve(undefined);
    await until(() => group.asked.filter((what) => what === 'join').length > joins);
    expect(group.committed.get(1)).toBe(1);
    // It was begun in the generation before.
    expect(receipts).toMatchObject([{ partition: 1, generation: assignments[0]?.generation }]);
    expect(group.violations).toEqual([]);
  });

  it('gives up before it joins what balance is going to take', async () => {
    const { member, group, released, assignments } = createMember();
    group.assignment = [0, 1, 2, 3];
    member.start();
    await until(() => assignments.length === 1);
    group.memberCount = 2;
    group.rebalance([0, 1]);
    await until(() => assignments.length === 2);
    expect(released).toEqual([[2, 3]]);
    expect(assignments[1]?.pauseMs).toBeGreaterThanOrEqual(0);
    await delay(20);
    expect(assignments).toHaveLength(2);
  });

  it('gives up all that it owns before it joins an eager group', async () => {
    const { member, group, released, assignments } = createMember({ assignor: 'sticky' });
    group.protocolName = 'kafka-lab-sticky';
    group.assignment = [0, 1];
    member.start();
    await until(() => assignments.length === 1);
    group.rebalance([0, 1]);
    await until(() => assignments.length === 2);
    expect(released).toEqual([[0, 1]]);
    expect(group.violations).toEqual([]);
  });

  it('drops what it has lost at once: nothing of it is finished, accounted for or committed', async () => {
    const gate = Promise.withResolvers<undefined>();
    const { member, group, log, receipts, assignments } = createMember({ process: () => gate.promise });
    group.assignment = [0];
    log.append(0, 1);
    member.start();
    await until(() => assignments.length === 1);
    await delay(10);
    group.throwOut();
    group.assignment = [1];
    await until(() => assignments.length === 2);
    gate.resolve(undefined);
    await delay(20);
    expect([receipts, group.accepted]).toEqual([[], []]);
    expect(assignments[1]).toMatchObject({ memberId: 'me-2', partitions: [1], gained: [1], lost: [0] });
    expect(group.violations).toEqual([]);
  });

  it('commits in the next generation what the group refuses between two', async () => {
    const { member, group, log, assignments } = createMember();
    group.assignment = [0];
    member.start();
    await until(() => assignments.length === 1);
    group.failures.commit.push('REBALANCE_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP', 'REBALANCE_IN_PROGRESS');
    log.append(0, 4);
    await until(() => group.committed.get(0) === 4);
    expect(assignments.length).toBeGreaterThanOrEqual(2);
    expect(group.violations).toEqual([]);
  });

  it('says why it cannot join, once, and joins when it can', async () => {
    const { member, group, assignments } = createMember();
    group.failures.join.push('GROUP_MAX_SIZE_REACHED');
    member.start();
    await until(() => member.state().obstacle !== null);
    expect(member.state()).toMatchObject({ phase: 'joining', hasJoined: false });
    await until(() => assignments.length === 1);
    expect(member.state()).toMatchObject({ phase: 'member', obstacle: null });
  });
});

describe('the leader of a group', () => {
  it('decides anew when partitions are raised, though it owns none itself', async () => {
    const { member, group, log, assignments } = createMember();
    const all = [...log.leaders.keys()];
    const memberMetadata = encodeSubscription({
      topics: [FAKE_TOPIC],
      userData: { identity, owned: { [FAKE_TOPIC]: all }, generation: 3 },
      owned: { [FAKE_TOPIC]: all },
      generation: 3,
      isCooperative: true,
    });
    // They have given up nothing yet.
    group.others = [{ memberId: 'other', memberMetadata }];
    member.start();
    await until(() => assignments.length === 1);
    expect(assignments[0]?.partitions).toEqual([]);
    log.leaders.set(PARTITIONS, 0);
    await until(() => assignments.length === 2);
    expect(assignments[1]?.partitions).toEqual([PARTITIONS]);
  });
});

describe('a member that is told to end', () => {
  it('while it joins, commits what it has processed in the generation that begins meanwhile', async () => {
    const [gate, answer] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const { member, group, log, assignments, processed } = createMember({ process: () => gate.promise });
    group.assignment = [0];
    log.append(0, 1);
    member.start();
    await until(() => processed.has(0));
    const join = group.join;
    // The generation has begun, and the member is not told of it for a while.
    group.join = async (memberId, fields, wait, onMemberId) => {
      const joined = await join(memberId, fields, wait, onMemberId);
      const isAborted = new Promise<never>((_, reject) => {
        wait.signal.addEventListener('abort', () => reject(wait.signal.reason as Error), { once: true });
      });
      await Promise.race([answer.promise, isAborted]);
      return joined;
    };
    group.rebalance([0]);
    await until(() => group.phase === 'completing');
    const stopped = member.stop();
    gate.resolve(undefined);
    await delay(30);
    expect(group.committed.get(0)).toBeUndefined();
    answer.resolve(undefined);
    await stopped;
    expect(group.accepted).toEqual([{ partition: 0, offset: 1, generation: 2 }]);
    expect(assignments).toHaveLength(2);
    expect(group.asked.at(-1)).toBe('leave me-1');
    expect(group.violations).toEqual([]);
  });
});

describe('a member that is told by a commit that it is none', () => {
  it('drops what it has at once, also while it joins, and joins once more', async () => {
    const { member, group, log, assignments, processed, released } = createMember();
    group.assignment = [0];
    member.start();
    await until(() => assignments.length === 1);
    const [join, answer] = [group.join, Promise.withResolvers<undefined>()];
    let tries = 0;
    group.join = async (...asked) => {
      tries += 1;
      if (tries === 1) await answer.promise;
      return join(...asked);
    };
    group.rebalance([0]);
    await until(() => tries === 1);
    group.throwOut();
    log.append(0, 2);
    await until(() => released.length === 1);
    log.append(0, 3);
    await delay(20);
    expect(processed.get(0)).toEqual([0, 1]);
    expect(group.violations).toEqual([]);
    answer.resolve(undefined);
    // Refused under its old id, it joins as a new member.
    await until(() => group.committed.get(0) === 5);
    await delay(20);
    expect([tries, assignments.length]).toEqual([2, 2]);
    expect(group.violations).toEqual([]);
  });
});

describe('the heartbeats of a member', () => {
  it('do not wait for a broker that is silent about the partitions', async () => {
    const { member, group, log, assignments } = createMember();
    log.refresh = () => new Promise(() => undefined);
    member.start();
    await until(() => assignments.length === 1);
    const countBeats = (): number => group.asked.filter((what) => what === 'heartbeat').length;
    const before = countBeats();
    await until(() => countBeats() > before + 3);
    expect(assignments).toHaveLength(1);
  });
});

describe('a static member', () => {
  it('keeps its place in the group when it stops', async () => {
    const { member, group, log } = createMember({ instanceId: 'consumer-1' });
    group.assignment = [0];
    log.append(0, 3);
    member.start();
    await until(() => group.committed.get(0) === 3);
    await member.stop();
    expect(group.asked.filter((what) => what.startsWith('leave'))).toEqual([]);
  });

  it('ends, with one sentence, when another process has its id', async () => {
    const { member, group, log, assignments, fenced, processed } = createMember({ instanceId: 'consumer-1' });
    group.assignment = [0];
    member.start();
    await until(() => assignments.length === 1);
    group.failures.heartbeat.push('FENCED_INSTANCE_ID');
    await until(() => fenced.length === 1);
    log.append(0, 3);
    await delay(20);
    expect(fenced).toEqual([
      'consumer-1 is fenced: another process has joined group app as its static member consumer-1. An instance id belongs to one process at a time',
    ]);
    expect([member.state().phase, processed.size, assignments.length]).toEqual(['stopped', 0, 1]);
  });
});

/** What may happen to a member, in any order. */
type Event =
  | { readonly is: 'rebalance'; readonly assignment: readonly number[] }
  | { readonly is: 'throw-out' | 'coordinator-moves' }
  | { readonly is: 'records'; readonly partition: number; readonly count: number }
  | { readonly is: 'commit-fails' | 'sync-fails' | 'join-fails' | 'beat-fails'; readonly type: string }
  | { readonly is: 'time'; readonly ms: number };

const refusals = fc.constantFrom('REBALANCE_IN_PROGRESS', 'GROUP_LOAD_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP');
const somePartitions = fc.uniqueArray(fc.nat(PARTITIONS - 1), { maxLength: PARTITIONS });
const events: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ is: fc.constant('rebalance' as const), assignment: somePartitions }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('throw-out' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant('records' as const),
      partition: fc.nat(PARTITIONS - 1),
      count: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constantFrom('commit-fails' as const, 'sync-fails' as const, 'join-fails' as const, 'beat-fails' as const),
      type: refusals,
    }),
  },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('time' as const), ms: fc.nat(8) }) },
);

function happen(event: Event, { group, log }: { readonly group: FakeGroup; readonly log: FakeLog }): void {
  if (event.is === 'rebalance') group.rebalance(event.assignment);
  if (event.is === 'throw-out') group.throwOut();
  if (event.is === 'records') log.append(event.partition, event.count);
  if (event.is === 'commit-fails') group.failures.commit.push(event.type);
  if (event.is === 'sync-fails') group.failures.sync.push(event.type);
  if (event.is === 'join-fails') group.failures.join.push(event.type);
  if (event.is === 'beat-fails') group.failures.heartbeat.push(event.type);
}

describe('Member, whatever happens', () => {
  it('neither processes nor commits what it does not own, keeps order, and catches up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(events, { minLength: 5, maxLength: 25 }), async (happenings) => {
        const under = createMember({ process: ({ offset }) => (offset % 3 === 0 ? delay(1) : undefined) });
        const { member, group, log, processed, receipts } = under;
        group.assignment = [0, 1];
        member.start();
        for (const event of happenings) {
          happen(event, under);
          if (event.is === 'time') await delay(event.ms);
        }
        const all = [...log.leaders.keys()];
        group.rebalance(all);
        await until(() =>
          all.every((partition) => (group.committed.get(partition) ?? 0) >= (log.ends.get(partition) ?? 0)),
        );
        await member.stop();
        expect(group.violations).toEqual([]);
        for (const [partition, offsets] of processed) {
          // It may go back to what was committed, after a loss; it never leaves a record out.
          const isRight = offsets.every((offset, at) => offset <= (offsets[at - 1] ?? -1) + 1);
          expect([partition, isRight, new Set(offsets).size]).toEqual([partition, true, log.ends.get(partition)]);
        }
        for (const { partition, offset } of group.accepted) {
          const covered = new Set(
            receipts
              .filter((receipt) => receipt.partition === partition)
              .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at)),
          );
          expect(Array.from({ length: offset }, (_, at) => covered.has(at)).every(Boolean)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
