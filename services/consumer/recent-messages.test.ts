import { describe, expect, it } from '@jest/globals';
import { createMemoryLog } from './memory-log.ts';
import { ANSWER_BYTES, createRecentMessages } from './recent-messages.ts';

const topics = { topic: 'app', receiptsTopic: 'app.receipts' };

function setUp(partitions: number) {
  const log = createMemoryLog({ app: partitions, 'app.receipts': partitions });
  const grown: number[] = [];
  const memory = {
    grow: (bytes: number) => Promise.resolve(void grown.push(bytes)),
  };
  const recent = createRecentMessages(log, topics);
  return { log, grown, read: (limit: number) => recent.read(limit, memory) };
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
});
