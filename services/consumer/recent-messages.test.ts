import { describe, expect, it } from '@jest/globals';
import { createMemoryLog } from './memory-log.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import type { LogReader, UnreadablePlace } from '../../kafka/log-reader.ts';
import { createLogPieces } from './log-pieces.ts';
import { ANSWER_BYTES, createRecentMessages } from './recent-messages.ts';

const topics = { topic: 'app', receiptsTopic: 'app.receipts' };

function setUp(partitions: number) {
  const log = createMemoryLog({ app: partitions, 'app.receipts': partitions });
  const grown: number[] = [];
  const memory = {
    grow: (bytes: number) => Promise.resolve(void grown.push(bytes)),
  };
  const recent = createRecentMessages(log, topics);
  const read = async (limit: number) => (await recent.read(limit, memory)).messages;
  return { log, grown, read };
}

const ofSize = (bytes: number): string => JSON.stringify({ name: 'x', description: 'd'.repeat(bytes) });

describe('the newest messages', () => {
  it('are those of all partitions together', async () => {
    const { log, read } = setUp(2);
    for (let index = 0; index < 10; index += 1) log.append('app', index % 2, `{"name":"${String(index)}"}`);
    expect((await read(4)).map(({ offset, partition }) => [offset, partition])).toEqual([
      [3, 0],
      [3, 1],
      [4, 0],
      [4, 1],
    ]);
  });

  it('ask for memory before anything is read, and fit into it', async () => {
    const { log, grown, read } = setUp(6);
    for (let index = 0; index < 600; index += 1) log.append('app', index % 6, ofSize(60_000));
    const messages = await read(500);
    expect(grown).toHaveLength(1);
    expect(JSON.stringify(messages).length).toBeLessThan(1.1 * ANSWER_BYTES);
    expect(messages.length).toBeGreaterThan(10);
    expect(messages.at(-1)?.offset).toBe(99);
  });

  it('are read once for all who wait', async () => {
    const { log, read } = setUp(1);
    for (let index = 0; index < 10; index += 1) log.append('app', 0, `{"name":"${String(index)}"}`);
    const answers = [read(10), ...Array.from({ length: 20 }, (_, index) => read(index + 1))];
    const lengths = (await Promise.all(answers)).map(({ length }) => length);
    expect(lengths).toEqual([10, ...Array.from({ length: 20 }, (_, index) => Math.min(10, index + 1))]);
    expect(log.counts.records).toBeLessThanOrEqual(20);
  });

  it('hold what was stored before they were asked for', async () => {
    const { log, read } = setUp(1);
    log.append('app', 0, '{"name":"a"}');
    const first = read(10);
    await Promise.resolve();
    log.append('app', 0, '{"name":"b"}');
    expect((await read(10)).map(({ message }) => message?.name)).toEqual(['a', 'b']);
    await first;
  });

  it('do not read much in vain', async () => {
    const { log, read } = setUp(1);
    for (let index = 0; index < 400; index += 1) log.append('app', 0, Buffer.alloc(200_000));
    const messages = await read(400);
    expect(messages.at(-1)).toMatchObject({ offset: 399, message: null });
    expect(log.counts.records).toBeLessThan(40);
  });

  it('show at least one, however large it is', async () => {
    const { log, read } = setUp(1);
    log.append('app', 0, ofSize(10), Buffer.alloc(3 * ANSWER_BYTES));
    expect(await read(5)).toHaveLength(1);
  });

  it('answer what can be read, and name where a partition cannot', async () => {
    const { log } = setUp(2);
    for (let index = 0; index < 10; index += 1) log.append('app', index % 2, `{"name":"${String(index)}"}`);
    const damaged = makeUnreadable(log, { topic: 'app', partition: 1, offset: 3, reason: 'it is damaged' });
    const { messages, unreadable } = await createRecentMessages(damaged, topics).read(10, {
      grow: () => Promise.resolve(),
    });
    expect(messages.map(({ partition, offset }) => [partition, offset])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
      [0, 2],
      [1, 2],
      [0, 3],
      [0, 4],
    ]);
    expect(unreadable).toEqual([{ topic: 'app', partition: 1, offset: 3, reason: 'it is damaged' }]);
  });
});

describe('a piece of the stream', () => {
  it('leaves out what cannot be read, says so, and goes on behind it', async () => {
    const { log } = setUp(1);
    for (let index = 0; index < 5; index += 1) log.append('app', 0, `{"name":"${String(index)}"}`);
    const pieces = createLogPieces(
      makeUnreadable(log, { topic: 'app', partition: 0, offset: 2, reason: 'it is damaged' }),
      topics,
    );
    const ends = await pieces.readEnds();
    const from = { messages: new Map([[0, 0]]), receipts: new Map([[0, 0]]) };
    const { messages, skipped, next } = await pieces.read(from, ends);
    expect(messages.map(({ offset }) => offset)).toEqual([0, 1]);
    expect(skipped).toEqual([{ topic: 'app', partition: 0, from: 2, to: 4 }]);
    expect(next.messages).toEqual(new Map([[0, 5]]));
  });
});

/** The log, with a batch that cannot be read. */
function makeUnreadable(log: LogReader, place: UnreadablePlace): LogReader {
  return {
    readRanges: (topic) => log.readRanges(topic),
    async *readRecords(topic, partition, from, to) {
      const isHere =
        topic === place.topic && partition === place.partition && from <= place.offset && place.offset < to;
      yield* log.readRecords(topic, partition, from, isHere ? place.offset : to);
      if (isHere) throw new AppError('log-unreadable', 'cannot be read', { details: { ...place } });
    },
  };
}
