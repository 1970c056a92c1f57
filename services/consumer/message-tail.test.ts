import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { createLogPieces } from './log-pieces.ts';
import { createMemoryLog } from './memory-log.ts';
import { createMessageTail, LOOK_BACK_RECORDS } from './message-tail.ts';
import { parsePositions } from './positions.ts';

const topics = { topic: 'app', receiptsTopic: 'app.receipts' };

function setUp() {
  const log = createMemoryLog({ app: 2, 'app.receipts': 2 });
  const tail = createMessageTail(createLogPieces(log, topics), createSilentLogger());
  return {
    log,
    tail,
    append: (partition: number, ...names: string[]) =>
      log.append('app', partition, ...names.map((name) => `{"name":"${name}"}`)),
  };
}

/** A client that takes everything, or nothing until it is told to. */
function createClient(options: { isSlow?: boolean } = {}) {
  const over = new AbortController();
  const taken = Promise.withResolvers<undefined>();
  let text = '';
  let isDrained = true;
  const stream = {
    get isDrained() {
      return isDrained;
    },
    sendFormatted(events: Buffer) {
      text += events.toString();
      if (options.isSlow) isDrained = false;
      return !over.signal.aborted;
    },
    async drained() {
      if (!isDrained) await taken.promise;
      return !over.signal.aborted;
    },
    end: () => over.abort(),
    cutOff: () => over.abort(),
  };
  const ignore = (): void => undefined;
  const memory = { grow: () => Promise.resolve(), set: ignore, yieldBy: ignore };
  return {
    listener: { stream, signal: over.signal, memory },
    names: () => [...text.matchAll(/"name":"(\w+)"/g)].map(([, name]) => name),
    skipped: () =>
      [...text.matchAll(/event: skipped\ndata: (.*)/g)].map(([, data]) => JSON.parse(data ?? '') as unknown),
    lastId: () => [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1],
    size: () => text.length,
    take: () => {
      options.isSlow = false;
      isDrained = true;
      taken.resolve(undefined);
    },
    leave: () => over.abort(),
  };
}

async function waitFor(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !condition(); tries += 1) await delay(10);
  expect(condition()).toBe(true);
}

describe('streams of messages', () => {
  it('begin with what comes next', async () => {
    const { tail, append } = setUp();
    append(0, 'before');
    const client = createClient();
    await tail.feed(client.listener, undefined);
    append(1, 'after');
    await waitFor(() => client.names().includes('after'));
    expect(client.names()).toEqual(['after']);
    client.leave();
  });

  it('ask the brokers once for all of them', async () => {
    const { log, tail, append } = setUp();
    const clients = Array.from({ length: 50 }, () => createClient());
    for (const { listener } of clients) await tail.feed(listener, undefined);
    const before = log.counts.ranges;
    await delay(1000);
    expect(log.counts.ranges - before).toBeLessThan(12);
    append(0, 'a');
    await waitFor(() => clients.every((client) => client.names().includes('a')));
    expect(log.counts.records).toBe(1);
    for (const client of clients) client.leave();
  });

  it('go on where a client was, each event once', async () => {
    const { tail, append } = setUp();
    append(0, 'a', 'b', 'c');
    append(1, 'd', 'e');
    const client = createClient();
    await tail.feed(client.listener, parsePositions('0:1,1:2/0:0,1:0'));
    await waitFor(() => client.names().length === 2);
    append(1, 'f');
    await waitFor(() => client.names().length === 3);
    expect(client.names()).toEqual(['b', 'c', 'f']);
    expect(client.lastId()).toBe('0:3,1:3/0:0,1:0');
    client.leave();
  });

  it('look back so far only, and say what is left out', async () => {
    const { tail, append } = setUp();
    append(0, ...Array.from({ length: LOOK_BACK_RECORDS + 10 }, (_, index) => String(index)));
    const client = createClient();
    await tail.feed(client.listener, parsePositions('/'));
    await waitFor(() => client.names().length === LOOK_BACK_RECORDS);
    expect(client.names()[0]).toBe('10');
    expect(client.skipped()).toEqual([{ topic: 'app', partition: 0, from: 0, to: 9 }]);
    client.leave();
  });

  it('bring the next record to a client that is beyond the end, and all records of a topic that is made anew', async () => {
    const { log, tail, append } = setUp();
    append(0, 'a');
    const client = createClient();
    await tail.feed(client.listener, parsePositions('0:99,1:99,2:7/0:99,1:99'));
    append(0, 'b');
    await waitFor(() => client.names().includes('b'));
    log.recreate('app');
    await delay(700);
    append(0, 'c');
    await waitFor(() => client.names().includes('c'));
    expect(client.names()).toEqual(['b', 'c']);
    client.leave();
  });

  it('send nothing more to a client that has not taken what was sent, and everything once it has', async () => {
    const { tail, append } = setUp();
    const client = createClient({ isSlow: true });
    const fast = createClient();
    await tail.feed(client.listener, undefined);
    await tail.feed(fast.listener, undefined);
    append(0, 'first');
    await waitFor(() => client.names().length === 1);
    const sizeBefore = client.size();
    for (let index = 0; index < 30; index += 1) {
      append(index % 2, `n${String(index)}`);
      await delay(20);
    }
    await waitFor(() => fast.names().length === 31);
    expect(client.size()).toBe(sizeBefore);
    client.take();
    await waitFor(() => client.names().length === 31);
    expect(new Set(client.names())).toEqual(new Set(fast.names()));
    for (const one of [client, fast]) one.leave();
  });

  it('leave nothing behind that would tell a later client of old records', async () => {
    const { tail, append } = setUp();
    const first = createClient();
    await tail.feed(first.listener, undefined);
    first.leave();
    await delay(700);
    append(0, 'meanwhile');
    const second = createClient();
    await tail.feed(second.listener, undefined);
    append(0, 'next');
    await waitFor(() => second.names().includes('next'));
    expect(second.names()).toEqual(['next']);
    second.leave();
  });
});
