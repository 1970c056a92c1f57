import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { MemoryBudget } from './memory-budget.ts';
import { route } from './route.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

const MEBIBYTE = 1024 * 1024;

// Waiting for memory takes seconds.
jest.setTimeout(60_000);

describe('a service whose clients are slow', () => {
  let server: TestServer;
  let sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
    await server.stop();
  });

  const serve = async (): Promise<MemoryBudget> => {
    const memory = new MemoryBudget({ totalBytes: 2 * MEBIBYTE, patienceMs: 3000, graceMs: 1000 });
    const body = z.strictObject({ text: z.string() });
    server = await startTestServer({
      memory,
      routes: [
        route({
          method: 'post',
          path: '/store',
          summary: 'Stores',
          body,
          responses: { 200: { description: 'Stored.', schema: z.object({ length: z.int() }) } },
          handle: ({ body: { text } }) => ({ status: 200, body: { length: text.length } }),
        }),
        route({
          method: 'get',
          path: '/large',
          summary: 'Large',
          responses: { 200: { description: 'Large.', schema: body } },
          handle: async ({ memory: own }) => {
            await own.grow(MEBIBYTE);
            return { status: 200, body: { text: 'x'.repeat(MEBIBYTE) } };
          },
        }),
      ],
    });
    return memory;
  };
  const open = (bytes: string): void => {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined).pause();
    socket.write(bytes);
    sockets.push(socket);
  };
  const store = (length: number): Promise<Response> =>
    fetch(`${server.url}/store`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'x'.repeat(length) }),
    });

  it('holds a bounded part of bodies that do not end, and stores those of others', async () => {
    const memory = await serve();
    const head =
      'POST /store HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n';
    for (let index = 0; index < 20; index += 1) open(`${head}{"text":"${'x'.repeat(900_000)}`);
    const held = await watch(memory, 900);
    expect(held).toBeGreaterThan(MEBIBYTE);
    expect(held).toBeLessThanOrEqual(2 * MEBIBYTE);
    expect((await store(100)).status).toBe(200);
    let status = 0;
    for (let tries = 0; tries < 5 && status !== 200; tries += 1) ({ status } = await store(500_000));
    expect(status).toBe(200);
  });

  it('holds a bounded part of answers that are not read, and answers others', async () => {
    const memory = await serve();
    for (let index = 0; index < 20; index += 1) open('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
    // Of an answer that was made the text is a little longer than what was asked for.
    expect(await watch(memory, 900)).toBeLessThanOrEqual(2.1 * MEBIBYTE);
    let status = 0;
    for (let tries = 0; tries < 10 && status !== 200; tries += 1) {
      const response = await fetch(`${server.url}/large`);
      ({ status } = response);
      await response.text();
    }
    expect(status).toBe(200);
  });
});

/** The most that was held at once, from when something is held. */
async function watch(memory: MemoryBudget, forMs: number): Promise<number> {
  for (let tries = 0; memory.takenBytes === 0 && tries < 2000; tries += 1) await delay(5);
  let most = 0;
  const until = Date.now() + forMs;
  while (Date.now() < until) {
    most = Math.max(most, memory.takenBytes);
    await delay(5);
  }
  return most;
}
