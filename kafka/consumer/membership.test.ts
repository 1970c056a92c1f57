import { afterEach, describe, expect, it } from '@jest/globals';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { CommitRequest, ConsumerGroupInternals, OffsetManagerInternals } from '../kafkajs/internals.ts';
import { Membership } from './membership.ts';

/** A group whose coordinator does as told, and a ledger that can be closed. */
function createGroup() {
  const told: string[] = [];
  const failures: { receipts: Map<number, Error>; commits: Error[]; heartbeat?: Error } = {
    receipts: new Map(),
    commits: [],
  };
  const paused = new Set<number>();
  const newCoordinator = { nodeId: 2 };
  let position = '10';
  const offsets = {
    coordinator: { nodeId: 1 },
    nextOffset: () => position,
    resolveOffset: ({ offset }: { offset: string }) => (position = String(Number(offset) + 1)),
    commitOffsets: ({ topics }: CommitRequest) => {
      const failure = failures.commits.shift();
      if (failure) return Promise.reject(failure);
      for (const { partition, offset } of topics[0]?.partitions ?? [])
        told.push(`commit ${String(partition)}@${offset}`);
      return Promise.resolve();
    },
  } as unknown as OffsetManagerInternals;
  const group = {
    groupId: 'app',
    memberId: 'm1',
    generationId: 5,
    coordinator: offsets.coordinator,
    offsetManager: offsets,
    assigned: () => [{ topic: 'app', partitions: [0, 1] }],
    pause: ([{ partitions }]: [{ partitions: number[] }]) => partitions.forEach((partition) => paused.add(partition)),
    resume: ([{ partitions }]: [{ partitions: number[] }]) =>
      partitions.forEach((partition) => paused.delete(partition)),
    heartbeat: () => (failures.heartbeat ? Promise.reject(failures.heartbeat) : Promise.resolve()),
    cluster: { findGroupCoordinator: () => Promise.resolve(newCoordinator), brokerPool: { brokers: {} } },
  } as unknown as ConsumerGroupInternals;
  const membership = new Membership(group, offsets, {
    topic: 'app',
    member: 'consumer-1',
    heartbeatIntervalMs: 20,
    maxProcessingMs: 1000,
    releaseTimeoutMs: 200,
    writeReceipt: ({ partition, from, to }: Receipt) => {
      const failure = failures.receipts.get(partition);
      if (failure) return Promise.reject(failure);
      told.push(`receipt ${String(partition)}@${String(from)}-${String(to)}`);
      return Promise.resolve();
    },
    logger: createSilentLogger(),
  });
  return { membership, group, told, failures, paused };
}

const done = (): Promise<void> => Promise.resolve();
const at = (partition: number, offset: number) => ({ partition, offset, value: null });

describe('Membership', () => {
  const open: Membership[] = [];
  const create = () => {
    const created = createGroup();
    open.push(created.membership);
    return created;
  };
  afterEach(() => Promise.all(open.splice(0).map((membership) => membership.release())));

  it('writes the receipt before it commits', async () => {
    const { membership, told } = create();
    for (const offset of [10, 11, 12]) await membership.process(at(0, offset), offset, done);
    await membership.settle();
    expect(told).toEqual(['receipt 0@10-12', 'commit 0@13']);
  });

  it('accounts for everything when it gives its partitions up', async () => {
    const { membership, told } = create();
    await membership.process(at(1, 10), 10, done);
    await membership.release();
    expect(told).toEqual(['receipt 1@10-10', 'commit 1@11']);
    expect(await membership.process(at(1, 11), 11, done)).toBe(false);
  });

  it('holds the partition whose receipt fails, and no other, until the receipt is written', async () => {
    const { membership, told, failures, paused } = create();
    failures.receipts.set(0, new Error('no such partition'));
    for (const partition of [0, 1]) await membership.process(at(partition, 10), 10, done);
    void membership.settle();
    await membership.settle(0);
    expect([membership.held, [...paused]]).toEqual([[{ partition: 0, reason: 'no such partition' }], [0]]);
    expect(await membership.process(at(0, 11), 11, done)).toBe(false);
    await membership.settle(1);
    expect(await membership.process(at(1, 11), 11, done)).toBe(true);
    await membership.settle(1);
    expect(told).toEqual(['receipt 1@10-10', 'commit 1@11', 'receipt 1@11-11', 'commit 1@12']);
    expect(membership.mustYield()).toBe(false);
    failures.receipts.clear();
    await membership.settle();
    expect(told.slice(4)).toEqual(['receipt 0@10-10', 'commit 0@11']);
    expect([membership.held, paused.size]).toEqual([[], 0]);
    expect(await membership.process(at(0, 11), 11, done)).toBe(true);
  });

  it('leaves what is held to the next owner when it gives its partitions up, and commits the others', async () => {
    const { membership, told, failures, paused } = create();
    failures.receipts.set(0, new Error('no such partition'));
    for (const partition of [0, 1]) await membership.process(at(partition, 10), 10, done);
    void membership.settle();
    await membership.settle(0);
    await membership.release();
    expect(told).toEqual(['receipt 1@10-10', 'commit 1@11']);
    expect(paused.size).toBe(0);
  });

  it('tries a receipt that failed once more before it gives its partition up', async () => {
    const { membership, told, failures } = create();
    failures.receipts.set(0, new Error('no such partition'));
    await membership.process(at(0, 10), 10, done);
    await membership.settle(0);
    failures.receipts.clear();
    await membership.release();
    expect(told).toEqual(['receipt 0@10-10', 'commit 0@11']);
  });

  it('commits nothing behind a run that was given up', async () => {
    const { membership, told, failures } = create();
    await membership.process(at(0, 10), 10, done);
    failures.receipts.set(0, new Error('no broker took it'));
    const inHand = Promise.withResolvers<undefined>();
    const processing = membership.process(at(0, 11), 11, () => inHand.promise);
    void membership.settle(0);
    membership.yield();
    await membership.settle();
    failures.receipts.clear();
    inHand.resolve(undefined);
    await processing;
    await membership.release();
    expect(told).toEqual([]);
  });

  it('commits together what was acknowledged together', async () => {
    const { membership, group, told } = create();
    let requests = 0;
    const offsets = group.offsetManager;
    for (const partition of [0, 1]) await membership.process(at(partition, 10), 10, done);
    if (offsets) offsets.commitOffsets = () => Promise.resolve(void (requests += 1));
    await membership.settle();
    expect([told, requests]).toEqual([['receipt 0@10-10', 'receipt 1@10-10'], 1]);
  });

  it('finds the coordinator again when it moved, and goes on with the commit', async () => {
    const { membership, group, told, failures } = create();
    failures.commits.push(Object.assign(new Error('moved'), { type: 'NOT_COORDINATOR_FOR_GROUP' }));
    await membership.process(at(0, 10), 10, done);
    await membership.settle();
    expect(told).toEqual(['receipt 0@10-10', 'commit 0@11']);
    expect(group.coordinator?.nodeId).toBe(2);
  });

  it('gives up a commit that its generation may not make any more', async () => {
    const { membership, told, failures } = create();
    failures.commits.push(Object.assign(new Error('fenced'), { type: 'ILLEGAL_GENERATION' }));
    await membership.process(at(0, 10), 10, done);
    await membership.settle();
    expect(told).toEqual(['receipt 0@10-10']);
    expect(membership.mustYield()).toBe(true);
  });

  it('leaves a record in hand to the next owner when the group rebalances', async () => {
    const { membership, told, failures } = create();
    failures.heartbeat = Object.assign(new Error('rebalance'), { type: 'REBALANCE_IN_PROGRESS' });
    const isProcessed = await membership.process(
      at(0, 10),
      10,
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    expect(isProcessed).toBe(false);
    await membership.release();
    expect(told).toEqual([]);
  });

  it('notes a record that was processed at once without a promise', async () => {
    const { membership, told } = create();
    expect(membership.process(at(0, 10), 10, () => undefined)).toBe(true);
    await membership.settle();
    expect(told).toEqual(['receipt 0@10-10', 'commit 0@11']);
    membership.yield();
    expect(membership.process(at(0, 11), 11, () => undefined)).toBe(false);
  });

  it('waits for no fetch once it must yield, and gives what still comes to nobody', async () => {
    const { membership } = create();
    const held = Promise.withResolvers<readonly string[]>();
    const fetched = membership.fetch(() => held.promise);
    membership.yield();
    expect(await fetched).toEqual([]);
    held.resolve(['late']);
    let asked = 0;
    expect(await membership.fetch(() => Promise.resolve([(asked += 1)]))).toEqual([]);
    expect(asked).toBe(0);
  });

  it('passes the failure of a fetch on', async () => {
    const { membership } = create();
    await expect(membership.fetch(() => Promise.reject(new Error('no leader')))).rejects.toThrow('no leader');
  });

  it('takes only batches of its own partitions, from where it would fetch next', () => {
    const { membership } = create();
    expect(membership.expects({ partition: 0, fetchedOffset: '10' })).toBe(true);
    expect(membership.expects({ partition: 0, fetchedOffset: '12' })).toBe(false);
    expect(membership.expects({ partition: 2, fetchedOffset: '10' })).toBe(false);
  });

  it('commits past what holds no record, behind the receipt of what was processed', async () => {
    const { membership, told } = create();
    await membership.process(at(0, 10), 10, done);
    membership.goOn(0, 14);
    await membership.settle();
    expect(told).toEqual(['receipt 0@10-10', 'commit 0@14']);
    membership.goOn(0, 17);
    await membership.settle();
    expect(told.slice(2)).toEqual(['commit 0@17']);
    expect(membership.expects({ partition: 0, fetchedOffset: '17' })).toBe(true);
  });

  it('commits where the log begins when its own offset is not there any more', async () => {
    const { membership, told } = create();
    membership.beginAnew(0, 10, 500);
    await membership.settle();
    membership.beginAnew(1, 500, 0);
    await membership.settle();
    expect(told).toEqual(['commit 0@500', 'commit 1@0']);
  });

  it('claims in no receipt what was taken away before it was read', async () => {
    const { membership, told } = create();
    await membership.process(at(0, 10), 10, done);
    membership.beginAnew(0, 11, 500);
    await membership.process(at(0, 500), 500, done);
    await membership.settle();
    expect(told).toEqual(['receipt 0@10-10', 'receipt 0@500-500', 'commit 0@501']);
  });

  it('commits nothing of a partition when one of its receipts is not written', async () => {
    const { membership, told, failures } = create();
    await membership.process(at(0, 10), 10, done);
    await membership.process(at(0, 12), 12, done);
    failures.receipts.set(0, new Error('no broker took it'));
    await membership.settle(0);
    expect(told).toEqual([]);
    failures.receipts.clear();
    await membership.release();
    expect(told).toEqual(['receipt 0@10-10', 'receipt 0@12-12', 'commit 0@13']);
  });

  it('goes on nowhere once it is over', async () => {
    const { membership, told } = create();
    await membership.release();
    membership.goOn(0, 14);
    await membership.settle();
    expect(told).toEqual([]);
  });
});
