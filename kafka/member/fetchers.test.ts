import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { FetchedPartition } from '../kafkajs/fetch.ts';
import type { Accounting } from './accounting.ts';
import { Fetchers } from './fetchers.ts';
import type { Tenure } from './membership.ts';
import type { FetchedBatch, Pump } from './pump.ts';
import { protocolError, toRecord } from './testing/fake-group.ts';
import { assign, createOwned, tenureOf } from './testing/owned-partitions.ts';
import { letOthersRun, until } from './testing/until.ts';
import type { TopicLog } from './topic-log.ts';
import { createUnreadablePartitions } from './unreadable-partitions.ts';

jest.setTimeout(30_000);

type Asked = Parameters<TopicLog['fetch']>[1][number];
type Answer = Partial<FetchedPartition>;

const ends: AbortController[] = [];
afterEach(() => ends.splice(0).forEach((end) => end.abort()));

/** An answer with records up to before an offset. */
const upTo = ({ partition, offset }: Asked, next: number): Answer => ({
  next,
  records: Array.from({ length: next - offset }, (_, at) => toRecord(partition, offset + at)),
});

/** Fetchers of a member, with a log that answers as told, and holds back fetches that have nothing. */
function create(partitions: readonly number[] = [0, 1]) {
  const { membership } = createOwned(partitions);
  const end = new AbortController();
  ends.push(end);
  const pushed: { readonly tenure: Tenure; readonly batch: FetchedBatch }[] = [];
  const fetches: { readonly leader: number; readonly asked: readonly Asked[]; readonly maxWaitMs: number }[] = [];
  const full = new Set<number>();
  const held = new Set<number>();
  const leaders = new Map(partitions.map((partition) => [partition, 1]));
  const forgotten: unknown[] = [];
  const now = { ms: 0 };
  /** What it answers, by partition; undefined while there is nothing. A failure is thrown. */
  const answers = new Map<number, (asked: Asked) => Answer | Error | undefined>();
  const signs = {
    onSign: (): void => undefined,
    onRefresh: (): void => undefined,
    onReadLeaders: (): void => undefined,
  };
  const log = {
    readLeaders: () => {
      signs.onReadLeaders();
      return leaders;
    },
    refresh: () => {
      signs.onRefresh();
      return Promise.resolve();
    },
    async fetch(leader: number, asked: readonly Asked[], maxWaitMs: number): Promise<FetchedPartition[]> {
      fetches.push({ leader, asked, maxWaitMs });
      for (;;) {
        const found = asked.flatMap((each) => {
          const answer = answers.get(each.partition)?.(each);
          if (answer instanceof Error) throw answer;
          const nothing = { topic: 'app', records: [], next: each.offset, highWatermark: 1000 };
          return answer === undefined ? [] : [{ ...nothing, ...each, ...answer }];
        });
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (found.length > 0 || end.signal.aborted) return found;
      }
    },
    readStart: (): Promise<number> => Promise.resolve(0),
    interrupt: () => undefined,
    forget: (error: unknown) => void forgotten.push(error),
  } satisfies TopicLog;
  const positions = { read: (of: readonly number[]) => Promise.resolve(new Map(of.map((each) => [each, 10]))) };
  const unreadable = createUnreadablePartitions('app', createSilentLogger(), () => now.ms);
  const fetchers = new Fetchers({
    topic: 'app',
    membership,
    log,
    pump: {
      isFull: false,
      hasRoom: ({ partition }: Tenure) => !full.has(partition),
      push: (tenure: Tenure, batch: FetchedBatch) => void pushed.push({ tenure, batch }),
    } as unknown as Pump,
    accounting: { isHeld: ({ partition }: Tenure) => held.has(partition) } as unknown as Accounting,
    unreadable,
    readPositions: (of) => positions.read(of),
    onSign: () => signs.onSign(),
    signal: end.signal,
    logger: createSilentLogger(),
  });
  const pushedOf = (partition: number): FetchedBatch[] =>
    pushed.filter(({ tenure }) => tenure.partition === partition).map(({ batch }) => batch);
  const lastAsked = (partition: number): Asked | undefined =>
    fetches.flatMap(({ asked }) => asked.filter((each) => each.partition === partition)).at(-1);
  return {
    ...{ membership, fetchers, log, leaders, answers, fetches, pushed, pushedOf, lastAsked, full, held, forgotten },
    ...{ now, positions, unreadable, signs, end, of: (partition: number) => tenureOf(membership, partition) },
  };
}

/** Records in twos, up to an offset. */
const inTwos = (end: number) => (asked: Asked) =>
  asked.offset < end ? upTo(asked, Math.min(end, asked.offset + 2)) : undefined;

describe('Fetchers', () => {
  it('fetch each partition on from where it was left, all of a broker in one request', async () => {
    const { membership, fetchers, answers, fetches, pushedOf } = create();
    answers.set(0, inTwos(15)).set(1, inTwos(12));
    await fetchers.begin(membership.tenures);
    await until(() => pushedOf(0).length === 3 && pushedOf(1).length === 1);
    expect(fetches[0]).toMatchObject({
      leader: 1,
      asked: [
        { partition: 0, offset: 10 },
        { partition: 1, offset: 10 },
      ],
    });
    expect(pushedOf(0).map(({ offset, records, next }) => [offset, records.length, next])).toEqual([
      [10, 2, 12],
      [12, 2, 14],
      [14, 1, 15],
    ]);
  });

  it('step over what holds no record', async () => {
    const { fetchers, answers, pushedOf, lastAsked, of } = create();
    answers.set(0, ({ offset }) => (offset === 10 ? { records: [], next: 20 } : undefined));
    await fetchers.begin([of(0)]);
    await until(() => lastAsked(0)?.offset === 20);
    expect(pushedOf(0)).toEqual([{ offset: 10, records: [], next: 20 }]);
  });

  it('ask again where to go on until the coordinator says so, for what is still wanted', async () => {
    const { membership, fetchers, positions, forgotten, lastAsked, of } = create();
    const asked: (readonly number[])[] = [];
    const error = protocolError('GROUP_LOAD_IN_PROGRESS');
    positions.read = (partitions) => {
      asked.push(partitions);
      if (asked.length > 1) return Promise.resolve(new Map([[1, 42]]));
      membership.end([0]);
      return Promise.reject(error);
    };
    await fetchers.begin(membership.tenures);
    await until(() => lastAsked(1) !== undefined);
    expect([asked, forgotten, lastAsked(0), lastAsked(1)?.offset]).toEqual([[[0, 1], [1]], [error], undefined, 42]);
    expect(of(0).ending.aborted).toBe(true);
  });

  it('begin nothing of what is lost while they ask where to go on', async () => {
    const { membership, fetchers, positions, fetches } = create();
    const found = Promise.withResolvers<Map<number, number>>();
    positions.read = () => found.promise;
    const begun = fetchers.begin(membership.tenures);
    membership.lose(true);
    found.resolve(new Map([[0, 1]]));
    await begun;
    await letOthersRun();
    expect(fetches).toEqual([]);
  });

  it('do not wait for a fetch under way when something is gained', async () => {
    const { membership, fetchers, leaders, fetches, lastAsked, of } = create();
    leaders.set(2, 1);
    await fetchers.begin([of(0)]);
    await until(() => fetches.length === 1);
    await fetchers.begin(assign(membership, [0, 1, 2], 6));
    await until(() => lastAsked(2) !== undefined);
    expect(fetches.at(-1)?.asked.map(({ partition }) => partition)).toEqual([0, 2]);
  });

  it('give what comes of a partition that has ended to nobody, and fetch no more of it', async () => {
    const { membership, fetchers, answers, fetches, pushed, of } = create();
    let isThere = false;
    answers.set(0, (asked) => (isThere ? upTo(asked, 12) : undefined));
    answers.set(1, (asked) => (isThere && asked.offset < 14 ? upTo(asked, asked.offset + 2) : undefined));
    await fetchers.begin(membership.tenures);
    await until(() => fetches.length === 1);
    membership.end([0]);
    isThere = true;
    await until(() => pushed.length === 2);
    expect(pushed.map(({ tenure }) => tenure)).toEqual([of(1), of(1)]);
    expect(fetches.slice(1).flatMap(({ asked }) => asked.map(({ partition }) => partition))).not.toContain(0);
    fetchers.forget(of(0));
  });

  it('fetch a partition that was lost and gained again from where it is left then', async () => {
    const { membership, fetchers, answers, positions, pushed, lastAsked, of } = create([0]);
    answers.set(0, inTwos(14));
    await fetchers.begin([of(0)]);
    await until(() => lastAsked(0)?.offset === 14);
    const before = pushed.length;
    for (const tenure of membership.lose(true)) fetchers.forget(tenure);
    positions.read = () => Promise.resolve(new Map([[0, 12]]));
    await fetchers.begin(assign(membership, [0], 7));
    await until(() => pushed.length === before + 1);
    expect(pushed.at(-1)).toMatchObject({ tenure: of(0), batch: { offset: 12, next: 14 } });
    expect(pushed.at(-1)?.tenure).toBe(of(0));
  });

  it('go on after a fetch that fails, and forget the broker that it was about', async () => {
    const { fetchers, answers, forgotten, pushedOf, of } = create();
    const errors = [new Error('no answer'), Object.assign(new Error('x'), { name: 'KafkaJSConnectionClosedError' })];
    const failures = [...errors];
    answers.set(0, (asked) => failures.shift() ?? inTwos(12)(asked));
    await fetchers.begin([of(0)]);
    await until(() => pushedOf(0).length === 1);
    expect(forgotten).toEqual(errors);
  });

  it('end with the signal', async () => {
    const { fetchers, fetches, end, of } = create();
    await fetchers.begin([of(0)]);
    await until(() => fetches.length === 1);
    end.abort();
    await letOthersRun();
    fetchers.interrupt();
    await letOthersRun();
    expect(fetches).toHaveLength(1);
  });
});

describe('Fetchers, when a partition cannot be had', () => {
  it('leave out what is held, and fetch the others', async () => {
    const { membership, fetchers, held, lastAsked } = create();
    held.add(0);
    await fetchers.begin(membership.tenures);
    await until(() => lastAsked(1) !== undefined);
    expect(lastAsked(0)).toBeUndefined();
    held.clear();
    fetchers.interrupt();
    await until(() => lastAsked(0) !== undefined);
  });

  it('fetch the others while a queue is full, and do not wait long for them', async () => {
    const { membership, fetchers, answers, full, fetches, lastAsked, pushedOf } = create();
    answers.set(1, inTwos(16));
    full.add(0);
    await fetchers.begin(membership.tenures);
    await until(() => pushedOf(1).length === 3);
    expect(lastAsked(0)).toBeUndefined();
    const beside = fetches.at(-1)?.maxWaitMs ?? 0;
    full.clear();
    answers.set(1, (asked) => (asked.offset < 18 ? upTo(asked, 18) : undefined));
    await until(() => lastAsked(0) !== undefined);
    expect(beside).toBeLessThan(fetches.at(-1)?.maxWaitMs ?? 0);
  });

  it('look again soon when all queues are full', async () => {
    const { membership, fetchers, full, fetches, lastAsked } = create();
    full.add(0).add(1);
    await fetchers.begin(membership.tenures);
    await letOthersRun();
    expect(fetches).toEqual([]);
    full.clear();
    await until(() => lastAsked(0) !== undefined && lastAsked(1) !== undefined);
  });

  it('hold a partition whose batch cannot be read, alone, and try it again later', async () => {
    const { membership, fetchers, answers, now, unreadable, pushedOf, fetches } = create();
    let isDamaged = true;
    answers.set(0, (asked) => (isDamaged ? { unreadable: 'it is damaged' } : inTwos(12)(asked)));
    answers.set(1, inTwos(14));
    await fetchers.begin(membership.tenures);
    await until(() => pushedOf(1).length === 2);
    expect(unreadable.list()).toEqual([
      { partition: 0, offset: 10, reason: 'offset 10 cannot be read: it is damaged' },
    ]);
    expect(fetches.filter(({ asked }) => asked.some(({ partition }) => partition === 0))).toHaveLength(1);
    isDamaged = false;
    now.ms += 5000;
    fetchers.interrupt();
    await until(() => pushedOf(0).length === 1);
    expect(unreadable.list()).toEqual([]);
  });

  it('take what stands before a batch that cannot be read', async () => {
    const { fetchers, answers, unreadable, pushedOf, of } = create();
    answers.set(0, (asked) => ({ ...(asked.offset < 12 ? upTo(asked, 12) : {}), unreadable: 'it is damaged' }));
    await fetchers.begin([of(0)]);
    await until(() => unreadable.list().length === 1);
    expect(pushedOf(0)).toMatchObject([{ offset: 10, next: 12 }]);
    expect(unreadable.list()).toMatchObject([{ offset: 12 }]);
  });

  it('hold a partition that the broker refuses, alone', async () => {
    const { membership, fetchers, answers, unreadable, pushedOf } = create();
    answers.set(0, () => ({ error: protocolError('TOPIC_AUTHORIZATION_FAILED') })).set(1, inTwos(14));
    await fetchers.begin(membership.tenures);
    await until(() => pushedOf(1).length === 2);
    expect(unreadable.list()).toMatchObject([
      { partition: 0, reason: expect.stringContaining('TOPIC_AUTHORIZATION_FAILED') },
    ]);
  });

  it('go on at the beginning of the log, by a leap, when the offset is not in it', async () => {
    const { membership, fetchers, log, answers, pushedOf } = create();
    log.readStart = () => Promise.resolve(500);
    answers.set(0, (asked) =>
      asked.offset < 500 ? { error: protocolError('OFFSET_OUT_OF_RANGE') } : inTwos(502)(asked),
    );
    answers.set(1, inTwos(12));
    await fetchers.begin(membership.tenures);
    await until(() => pushedOf(0).length === 2 && pushedOf(1).length === 1);
    expect(pushedOf(0)).toMatchObject([
      { offset: 10, records: [], next: 500, isLeap: true },
      { offset: 500, next: 502 },
    ]);
  });

  it('go back to the beginning of a log that is another one', async () => {
    const { fetchers, answers, pushedOf, of } = create();
    answers.set(0, (asked) =>
      asked.offset === 10 ? { error: protocolError('OFFSET_OUT_OF_RANGE') } : inTwos(2)(asked),
    );
    await fetchers.begin([of(0)]);
    await until(() => pushedOf(0).length === 2);
    expect(pushedOf(0)).toMatchObject([
      { next: 0, isLeap: true },
      { offset: 0, next: 2 },
    ]);
  });
});

describe('Fetchers, when a batch is longer than its share', () => {
  it('ask for all of it, and for the usual share behind it', async () => {
    const { fetchers, answers, fetches, pushedOf, lastAsked, of } = create();
    answers.set(0, (asked) => {
      if (asked.offset >= 11) return undefined;
      return asked.maxBytes < 5_000_000 ? { neededBytes: 5_000_000 } : upTo(asked, 11);
    });
    await fetchers.begin([of(0)]);
    await until(() => lastAsked(0)?.offset === 11);
    expect(pushedOf(0)).toHaveLength(1);
    const [usual] = fetches[0]?.asked ?? [];
    expect(fetches.map(({ asked }) => asked[0]?.maxBytes)).toEqual([usual?.maxBytes, 5_000_000, usual?.maxBytes]);
  });

  it('hold a partition with a batch that is too long for any answer', async () => {
    const { fetchers, answers, unreadable, of } = create();
    answers.set(0, () => ({ neededBytes: 40_000_000 }));
    await fetchers.begin([of(0)]);
    await until(() => unreadable.list().length === 1);
    expect(unreadable.list()).toMatchObject([{ reason: expect.stringContaining('its batch has 40000000 bytes') }]);
  });

  it('hold a partition of whose batch the broker has only a part', async () => {
    const { fetchers, answers, fetches, unreadable, of } = create();
    answers.set(0, () => ({ neededBytes: 2_000_000 }));
    await fetchers.begin([of(0)]);
    await until(() => unreadable.list().length === 1);
    expect(unreadable.list()).toMatchObject([{ reason: expect.stringContaining('the broker has only a part of it') }]);
    expect(fetches).toHaveLength(51);
  });
});

describe('Fetchers, when leaders move', () => {
  it('fetch from the new leader, and from the old one what stayed there', async () => {
    const { membership, fetchers, leaders, answers, fetches, pushedOf } = create();
    answers.set(1, inTwos(12));
    await fetchers.begin(membership.tenures);
    await until(() => pushedOf(1).length === 1);
    leaders.set(0, 2);
    fetchers.interrupt();
    await until(() => fetches.some(({ leader }) => leader === 2));
    const since = fetches.findIndex(({ leader }) => leader === 2);
    expect(fetches[since]?.asked).toMatchObject([{ partition: 0, offset: 10 }]);
    await until(() => fetches.slice(since).some(({ leader }) => leader === 1));
    const ofOld = fetches.slice(since).filter(({ leader }) => leader === 1);
    expect(ofOld.flatMap(({ asked }) => asked.map(({ partition }) => partition))).not.toContain(0);
  });

  it('ask who leads when a broker says that it does not, and go on there', async () => {
    const { fetchers, log, leaders, answers, fetches, unreadable, pushedOf, of } = create();
    answers.set(0, (asked) =>
      leaders.get(0) === 1 ? { error: protocolError('NOT_LEADER_FOR_PARTITION') } : inTwos(12)(asked),
    );
    log.refresh = (isDue?: boolean) => {
      if (isDue === false) leaders.set(0, 2);
      return Promise.resolve();
    };
    await fetchers.begin([of(0)]);
    await until(() => pushedOf(0).length === 1);
    expect([fetches[0]?.leader, fetches.find(({ leader }) => leader === 2)?.asked]).toMatchObject([
      1,
      [{ offset: 10 }],
    ]);
    expect(unreadable.list()).toEqual([]);
  });

  it('fetch nothing of a partition without a leader, until it has one', async () => {
    const { fetchers, leaders, fetches, of } = create();
    leaders.set(0, -1);
    await fetchers.begin([of(0)]);
    await letOthersRun();
    expect(fetches).toEqual([]);
    leaders.set(0, 3);
    await until(() => fetches.length > 0);
    expect(fetches[0]).toMatchObject({ leader: 3, asked: [{ partition: 0, offset: 10 }] });
  });

  it('go on with the others where one broker does not answer', async () => {
    const { membership, fetchers, leaders, answers, pushedOf } = create();
    leaders.set(1, 2);
    answers.set(0, () => Object.assign(new Error('x'), { name: 'KafkaJSRequestTimeoutError' })).set(1, inTwos(30));
    await fetchers.begin(membership.tenures);
    await until(() => pushedOf(1).length === 10);
    expect(pushedOf(0)).toEqual([]);
  });

  it('take nothing a second time that the new leader has given meanwhile', async () => {
    const { membership, fetchers, log, leaders, answers, pushedOf, lastAsked, of } = create();
    const start = Promise.withResolvers<number>();
    let isAsked = false;
    log.readStart = () => {
      isAsked = true;
      return start.promise;
    };
    answers.set(0, (asked) => (asked.offset < 500 ? { error: protocolError('OFFSET_OUT_OF_RANGE') } : undefined));
    answers.set(1, inTwos(14));
    await fetchers.begin(membership.tenures);
    await until(() => isAsked);
    // What came of partition 1 in the same answer is not taken yet.
    leaders.set(1, 2);
    fetchers.interrupt();
    await until(() => lastAsked(1)?.offset === 14);
    start.resolve(500);
    await until(() => lastAsked(0)?.offset === 500);
    expect(pushedOf(1).map(({ offset }) => offset)).toEqual([10, 12]);
    fetchers.forget(of(1));
  });

  it('leap once, and not back, when two brokers say that the offset is not in the log', async () => {
    const { fetchers, log, leaders, answers, pushedOf, lastAsked, of } = create();
    const starts: PromiseWithResolvers<number>[] = [];
    log.readStart = () => {
      const start = Promise.withResolvers<number>();
      starts.push(start);
      return start.promise;
    };
    answers.set(0, (asked) =>
      asked.offset < 500 ? { error: protocolError('OFFSET_OUT_OF_RANGE') } : inTwos(504)(asked),
    );
    await fetchers.begin([of(0)]);
    await until(() => starts.length === 1);
    leaders.set(0, 2);
    fetchers.interrupt();
    await until(() => starts.length === 2);
    starts[1]?.resolve(500);
    await until(() => lastAsked(0)?.offset === 504);
    starts[0]?.resolve(500);
    await letOthersRun();
    expect(pushedOf(0).map(({ next }) => next)).toEqual([500, 502, 504]);
  });

  it('begin again with a broker whose last fetch is just ending', async () => {
    const { fetchers, positions, signs, fetches, membership, of } = create();
    const found = Promise.withResolvers<Map<number, number>>();
    await fetchers.begin([of(0)]);
    await until(() => fetches.length === 1);
    membership.end([0]);
    positions.read = () => found.promise;
    void fetchers.begin([of(1)]);
    signs.onRefresh = () => {
      signs.onReadLeaders = () => {
        // Right behind this, the loop finds nothing to fetch.
        found.resolve(new Map([[1, 10]]));
        signs.onReadLeaders = () => undefined;
      };
      signs.onRefresh = () => undefined;
    };
    fetchers.interrupt();
    await until(() => fetches.length === 2);
    expect(fetches[1]?.asked).toMatchObject([{ partition: 1, offset: 10 }]);
  });
});
