import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { Accounting } from './accounting.ts';
import type { Tenure } from './membership.ts';
import { createOwned, OWNED_GENERATION } from './testing/owned-partitions.ts';
import { letOthersRun, until } from './testing/until.ts';

jest.setTimeout(30_000);

const commitAll = (): Promise<void> => Promise.resolve();

/** The accounting of a member of partitions 0 and 1, with a ledger topic that can be closed. */
function create() {
  const { membership, tenures } = createOwned([0, 1]);
  const [first, second] = tenures;
  if (first === undefined || second === undefined) throw new Error('it owns two partitions');
  const told: string[] = [];
  const resumed: number[] = [];
  const tries: number[] = [];
  /** What becomes of receipts, by partition, and of commits. */
  const fate = { receipts: new Map<number, () => Promise<void>>(), commit: commitAll };
  const accounting = new Accounting({
    topic: 'app',
    member: 'consumer-1',
    async writeReceipt({ partition, from, to }: Receipt) {
      tries.push(partition);
      await fate.receipts.get(partition)?.();
      told.push(`receipt ${String(partition)}@${String(from)}-${String(to)}`);
    },
    async commit(offsets) {
      await fate.commit();
      const owned = [...offsets].filter(([{ isOwned }]) => isOwned);
      if (owned.length === 0) throw new Error('the membership is over');
      told.push(`commit ${owned.map(([{ partition }, offset]) => `${String(partition)}@${String(offset)}`).join(' ')}`);
    },
    onResumed: ({ partition }) => resumed.push(partition),
    logger: createSilentLogger(),
  });
  const add = (tenure: Tenure, offset: number, follows = offset): void =>
    accounting.add(tenure, {
      ...{ offset, follows, value: null, generation: OWNED_GENERATION },
      ...{ startedAtMs: 0, finishedAtMs: 0 },
    });
  const refuse = ({ partition }: Tenure, reason = 'no such partition'): void =>
    void fate.receipts.set(partition, () => Promise.reject(new Error(reason)));
  /** What partition work does with it at the end. */
  const release = async (...given: Tenure[]): Promise<void> => {
    membership.end(given.map(({ partition }) => partition));
    await Promise.all(given.map((tenure) => accounting.finish(tenure)));
    membership.giveUp(given);
    for (const tenure of given) accounting.forget(tenure);
  };
  return { membership, accounting, first, second, told, resumed, tries, fate, add, refuse, release };
}

/** One whose first commit, of record 10 of the first partition, is under way until the test says what becomes of it. */
async function createCommitting() {
  const created = create();
  const { accounting, first, fate, add } = created;
  const committed = Promise.withResolvers<undefined>();
  let commits = 0;
  fate.commit = () => {
    commits += 1;
    return commits === 1 ? committed.promise : Promise.resolve();
  };
  add(first, 10);
  void accounting.settle(first);
  await until(() => commits === 1);
  return { ...created, committed, countCommits: () => commits };
}

describe('Accounting', () => {
  it('writes the receipt before it commits', async () => {
    const { accounting, first, told, add } = create();
    for (const offset of [10, 11, 12]) add(first, offset);
    await accounting.settleAll();
    expect(told).toEqual(['receipt 0@10-12', 'commit 0@13']);
  });

  it('commits nothing before the brokers have acknowledged the receipt', async () => {
    const { accounting, first, told, tries, fate, add } = create();
    const acknowledged = Promise.withResolvers<undefined>();
    fate.receipts.set(0, () => acknowledged.promise);
    add(first, 10);
    const settled = accounting.settleAll();
    await until(() => tries.length === 1);
    await letOthersRun();
    expect(told).toEqual([]);
    acknowledged.resolve(undefined);
    await settled;
    expect(told).toEqual(['receipt 0@10-10', 'commit 0@11']);
  });

  it('accounts for everything when a partition is given up, and for nothing of it afterwards', async () => {
    const { accounting, second, told, add, release } = create();
    add(second, 10);
    await release(second);
    expect(told).toEqual(['receipt 1@10-10', 'commit 1@11']);
    add(second, 11);
    accounting.pass(second, 14);
    accounting.leap(second, 20);
    await accounting.settleAll();
    await accounting.settle(second);
    await accounting.finish(second);
    expect([told.length, accounting.countOpen(second)]).toEqual([2, 0]);
  });

  it('finishes also what is added while something is being settled', async () => {
    const { membership, accounting, first, told, tries, fate, add } = create();
    const acknowledged = Promise.withResolvers<undefined>();
    fate.receipts.set(0, () => acknowledged.promise);
    add(first, 10);
    void accounting.settle(first);
    membership.end();
    const finished = accounting.finish(first);
    await until(() => tries.length === 1);
    add(first, 11);
    acknowledged.resolve(undefined);
    await finished;
    expect(told).toEqual(['receipt 0@10-10', 'receipt 0@11-11', 'commit 0@11', 'commit 0@12']);
    expect(accounting.countOpen(first)).toBe(0);
  });

  it('writes its last receipts while the commit before them is under way, and commits in order', async () => {
    const { accounting, first, told, add, release, committed, countCommits } = await createCommitting();
    // Nothing else is taken out of the ledger while the partition goes on.
    add(first, 11);
    void accounting.settle(first);
    await letOthersRun();
    expect(told).toEqual(['receipt 0@10-10']);
    const released = release(first);
    await until(() => told.length === 2);
    await letOthersRun();
    expect([told, countCommits()]).toEqual([['receipt 0@10-10', 'receipt 0@11-11'], 1]);
    committed.resolve(undefined);
    await released;
    expect(told.slice(2)).toEqual(['commit 0@11', 'commit 0@12']);
  });

  it('commits what is before a run that cannot be accounted for', async () => {
    const { accounting, first, told, fate, add, release, committed } = await createCommitting();
    add(first, 11);
    const released = release(first);
    await until(() => told.length === 2);
    fate.receipts.set(0, () => Promise.reject(new Error('no such partition')));
    add(first, 12);
    const finished = accounting.finish(first);
    await letOthersRun();
    committed.resolve(undefined);
    await Promise.all([released, finished]);
    expect(told).toEqual(['receipt 0@10-10', 'receipt 0@11-11', 'commit 0@11', 'commit 0@12']);
  });

  it('commits nothing behind a commit that failed', async () => {
    const { first, told, add, release, committed, countCommits } = await createCommitting();
    add(first, 11);
    const released = release(first);
    await until(() => told.length === 2);
    committed.reject(new Error('the membership is over'));
    await released;
    expect([told, countCommits()]).toEqual([['receipt 0@10-10', 'receipt 0@11-11'], 1]);
  });

  it('counts as open what is on its way, too', async () => {
    const { accounting, first, second, tries, fate, add } = create();
    const acknowledged = Promise.withResolvers<undefined>();
    fate.receipts.set(0, () => acknowledged.promise);
    add(first, 10);
    add(first, 11);
    const settled = accounting.settle(first);
    await until(() => tries.length === 1);
    add(first, 12);
    expect([accounting.countOpen(first), accounting.countOpen(second)]).toEqual([3, 0]);
    acknowledged.resolve(undefined);
    await settled;
    expect(accounting.countOpen(first)).toBe(1);
  });

  it('commits past what holds no record, behind the receipt of what was processed', async () => {
    const { accounting, first, told, add } = create();
    add(first, 10);
    accounting.pass(first, 14);
    await accounting.settleAll();
    expect(told).toEqual(['receipt 0@10-10', 'commit 0@14']);
    accounting.pass(first, 17);
    await accounting.settleAll();
    expect(told.slice(2)).toEqual(['commit 0@17']);
  });

  it('commits where the log begins when its own offset is not there any more', async () => {
    const { accounting, first, second, told } = create();
    accounting.leap(first, 500);
    await accounting.settleAll();
    accounting.leap(second, 0);
    await accounting.settleAll();
    expect(told).toEqual(['commit 0@500', 'commit 1@0']);
  });

  it('claims in no receipt what was taken away before it was read', async () => {
    const { accounting, first, told, add } = create();
    add(first, 10);
    accounting.leap(first, 500);
    add(first, 500);
    await accounting.settleAll();
    expect(told).toEqual(['receipt 0@10-10', 'receipt 0@500-500', 'commit 0@501']);
  });

  it('commits together what was acknowledged together', async () => {
    const { accounting, first, second, told, add } = create();
    for (const tenure of [first, second]) add(tenure, 10);
    await accounting.settleAll();
    expect(told).toEqual(['receipt 0@10-10', 'receipt 1@10-10', 'commit 0@11 1@11']);
  });
});

describe('Accounting, when a receipt is not written', () => {
  it('holds the partition whose receipt fails, and no other, until the receipt is written', async () => {
    const { accounting, first, second, told, resumed, fate, add, refuse } = create();
    refuse(first);
    for (const tenure of [first, second]) add(tenure, 10);
    const all = accounting.settleAll();
    await accounting.settle(first);
    expect(accounting.held).toEqual([{ partition: 0, reason: 'no such partition' }]);
    expect([accounting.isHeld(first), accounting.isHeld(second)]).toEqual([true, false]);
    await accounting.settle(second);
    add(second, 11);
    await accounting.settle(second);
    expect(told).toEqual(['receipt 1@10-10', 'commit 1@11', 'receipt 1@11-11', 'commit 1@12']);
    // It does not wait for what is held.
    await accounting.settle(first);
    expect(resumed).toEqual([]);
    fate.receipts.clear();
    await all;
    expect(told.slice(4)).toEqual(['receipt 0@10-10', 'commit 0@11']);
    expect([accounting.held, accounting.isHeld(first), resumed]).toEqual([[], false, [0]]);
  });

  it('holds a partition whose receipt is slow, and goes on with it when the receipt is written', async () => {
    const { accounting, first, second, told, resumed, fate, add } = create();
    const acknowledged = Promise.withResolvers<undefined>();
    fate.receipts.set(0, () => acknowledged.promise);
    for (const tenure of [first, second]) add(tenure, 10);
    await accounting.settle(second);
    await accounting.settle(first);
    expect(accounting.held).toEqual([{ partition: 0, reason: 'its receipt waits for the brokers' }]);
    expect(told).toEqual(['receipt 1@10-10', 'commit 1@11']);
    acknowledged.resolve(undefined);
    await until(() => told.length === 4);
    expect([accounting.held, resumed]).toEqual([[], [0]]);
  });

  it('has whoever wants to go on with a partition that was held wait for its commit', async () => {
    const { accounting, first, told, resumed, tries, fate, add } = create();
    const commit = Promise.withResolvers<undefined>();
    fate.commit = () => commit.promise;
    fate.receipts.set(0, () => (tries.length === 1 ? Promise.reject(new Error('no such partition')) : commitAll()));
    add(first, 10);
    await accounting.settle(first);
    await until(() => resumed.length === 1);
    let isSettled = false;
    const settled = accounting.settle(first).then(() => (isSettled = true));
    await letOthersRun();
    expect([isSettled, accounting.countOpen(first)]).toEqual([false, 1]);
    commit.resolve(undefined);
    await settled;
    expect([told.at(-1), accounting.countOpen(first)]).toEqual(['commit 0@11', 0]);
  });

  it('leaves what is held to the next owner when it gives its partitions up, and commits the others', async () => {
    const { accounting, first, second, told, resumed, add, refuse, release } = create();
    refuse(first);
    for (const tenure of [first, second]) add(tenure, 10);
    await accounting.settle(first);
    await release(first, second);
    expect(told).toEqual(['receipt 1@10-10', 'commit 1@11']);
    expect([accounting.held, resumed]).toEqual([[], []]);
  });

  it('tries a receipt that failed once more before its partition is given up, and does not wait to do so', async () => {
    const { accounting, first, told, resumed, tries, fate, add, refuse, release } = create();
    refuse(first);
    add(first, 10);
    await accounting.settle(first);
    expect(tries).toHaveLength(1);
    fate.receipts.clear();
    await release(first);
    expect([told, tries.length]).toEqual([['receipt 0@10-10', 'commit 0@11'], 2]);
    // There is nothing to go on with.
    expect(resumed).toEqual([]);
  });

  it('tries it once more also when the try under way as its partition ends fails, and then no more', async () => {
    const { membership, accounting, first, tries, fate, add } = create();
    const answer = Promise.withResolvers<undefined>();
    fate.receipts.set(0, () => answer.promise);
    add(first, 10);
    const settled = accounting.settleAll();
    await until(() => tries.length === 1);
    membership.end();
    answer.reject(new Error('no broker took it'));
    await settled;
    expect([tries.length, accounting.countOpen(first)]).toEqual([2, 0]);
  });

  it('commits nothing behind a run that was given up', async () => {
    const { membership, accounting, first, told, tries, fate, add, refuse, release } = create();
    add(first, 10);
    refuse(first, 'no broker took it');
    void accounting.settle(first);
    membership.end();
    await accounting.finish(first);
    expect(tries).not.toEqual([]);
    fate.receipts.clear();
    // It was in hand.
    add(first, 11);
    await release(first);
    expect(told).toEqual([]);
  });

  it('commits nothing of a partition when one of its receipts is not written', async () => {
    const { accounting, first, told, fate, add, refuse, release } = create();
    add(first, 10);
    add(first, 12);
    refuse(first, 'no broker took it');
    await accounting.settle(first);
    expect(told).toEqual([]);
    fate.receipts.clear();
    await release(first);
    expect(told).toEqual(['receipt 0@10-10', 'receipt 0@12-12', 'commit 0@13']);
  });
});

describe('Accounting, when a partition is lost', () => {
  it('commits nothing whose receipt was under way', async () => {
    const { membership, accounting, first, told, tries, fate, add } = create();
    const acknowledged = Promise.withResolvers<undefined>();
    fate.receipts.set(0, () => acknowledged.promise);
    let commits = 0;
    fate.commit = () => Promise.resolve(void (commits += 1));
    add(first, 10);
    const settled = accounting.settleAll();
    await until(() => tries.length === 1);
    membership.lose(false);
    accounting.forget(first);
    acknowledged.resolve(undefined);
    await settled;
    expect([told, commits, accounting.held, accounting.countOpen(first)]).toEqual([['receipt 0@10-10'], 0, [], 0]);
  });

  it('tries a receipt that failed no more than once again', async () => {
    const { membership, accounting, first, tries, add, refuse } = create();
    refuse(first);
    add(first, 10);
    const settled = accounting.settleAll();
    await accounting.settle(first);
    const before = tries.length;
    membership.lose(false);
    accounting.forget(first);
    await settled;
    expect(tries.length - before).toBeLessThanOrEqual(1);
    expect(accounting.held).toEqual([]);
  });

  it('lets nobody wait for it', async () => {
    const { membership, accounting, first, tries, fate, add } = create();
    fate.receipts.set(0, () => new Promise(() => undefined));
    add(first, 10);
    const settled = accounting.settle(first);
    await until(() => tries.length === 1);
    membership.lose(false);
    accounting.forget(first);
    await settled;
    expect(accounting.held).toEqual([]);
  });

  it('commits what is left of a partition that was gained again only for what was added since', async () => {
    const { membership, accounting, first, told, add } = create();
    add(first, 10);
    membership.lose(true);
    accounting.forget(first);
    const { gained } = membership.take({ memberId: 'me', generation: 8, protocol: 'p', partitions: [0] });
    add(first, 11);
    for (const tenure of gained) add(tenure, 5);
    await accounting.settleAll();
    expect(told).toEqual(['receipt 0@5-5', 'commit 0@6']);
  });

  it('accounts for no more of a partition whose commit was given up', async () => {
    const { membership, accounting, first, told, fate, add } = create();
    fate.commit = () => Promise.reject(new Error('the membership is over'));
    add(first, 10);
    await accounting.settleAll();
    fate.commit = commitAll;
    add(first, 11);
    membership.end();
    await accounting.settleAll();
    await accounting.finish(first);
    expect(told).toEqual(['receipt 0@10-10']);
  });
});

describe('Accounting, when nothing more has come', () => {
  afterEach(() => void jest.useRealTimers());

  it('accounts for what is open soon, and not at every time that it is asked to', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const { accounting, first, told, add } = create();
    add(first, 10);
    accounting.settleSoon(first);
    accounting.settleSoon(first);
    jest.advanceTimersByTime(0);
    await letOthersRun();
    expect(told).toEqual(['receipt 0@10-10', 'commit 0@11']);
    for (const offset of [11, 12]) {
      add(first, offset);
      accounting.settleSoon(first);
      jest.advanceTimersByTime(20);
      await letOthersRun();
    }
    expect(told).toHaveLength(2);
    jest.advanceTimersByTime(10);
    await letOthersRun();
    expect(told.slice(2)).toEqual(['receipt 0@11-12', 'commit 0@13']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('accounts soon after also for what came while it was at it', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const { accounting, first, second, told, tries, fate, add } = create();
    const acknowledged = Promise.withResolvers<undefined>();
    fate.receipts.set(0, () => acknowledged.promise);
    add(first, 10);
    accounting.settleSoon(first);
    jest.advanceTimersByTime(0);
    await until(() => tries.length === 1);
    // The last records of all: nothing comes any more that would have it look again.
    for (const tenure of [first, second]) {
      add(tenure, 11);
      accounting.settleSoon(tenure);
    }
    jest.advanceTimersByTime(100);
    await letOthersRun();
    expect(told).toEqual(['receipt 1@11-11', 'commit 1@12']);
    acknowledged.resolve(undefined);
    await until(() => told.length === 4);
    jest.advanceTimersByTime(100);
    await until(() => told.length === 6);
    expect(told.slice(2)).toEqual(['receipt 0@10-10', 'commit 0@11', 'receipt 0@11-11', 'commit 0@12']);
    jest.advanceTimersByTime(1000);
    expect(jest.getTimerCount()).toBe(0);
  });
});
