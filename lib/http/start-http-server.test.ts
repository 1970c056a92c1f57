import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../errors/app-error.ts';
import { route } from './route.ts';
import { sendBytes, startTestServer, type TestServer } from './start-test-server.ts';

const HOST = 'Host: localhost\r\n';

describe('startHttpServer', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  /** A server with a route that answers when told to. */
  const serveSlowly = async (options: Parameters<typeof startTestServer>[1] = {}) => {
    const arrived = Promise.withResolvers<AbortSignal>();
    const released = Promise.withResolvers<undefined>();
    server = await startTestServer(
      {
        routes: [
          route({
            method: 'get',
            path: '/slow',
            summary: 'Waits',
            responses: { 204: { description: 'Done.' } },
            handle: async ({ signal }) => {
              arrived.resolve(signal);
              await released.promise;
              return { status: 204 };
            },
          }),
        ],
      },
      options,
    );
    return { arrived: arrived.promise, release: () => released.resolve(undefined) };
  };

  it('says where it listens', async () => {
    server = await startTestServer({}, { host: '0.0.0.0' });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });

  it('names the port that is in use', async () => {
    server = await startTestServer();
    const failure = await startTestServer({}, { port: server.port }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({
      code: 'port-in-use',
      message: `Port ${server.port} on 127.0.0.1 is in use by another program.`,
      details: { port: server.port },
    });
  });

  it('refuses an address that is not this machine', async () => {
    server = await startTestServer();
    await expect(startTestServer({}, { host: '192.0.2.1' })).rejects.toMatchObject({ code: 'invalid-configuration' });
  });

  it.each([
    { name: 'garbage', bytes: 'hello\r\n\r\n', status: '400' },
    { name: 'a TLS greeting', bytes: Uint8Array.from([0x16, 3, 1, 0, 0xff, 1, 0, 0, 0xfb, 3, 3]), status: '400' },
    { name: 'HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: '400' },
    { name: 'no Host', bytes: 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', status: '400' },
    { name: 'two Hosts', bytes: `GET / HTTP/1.1\r\n${HOST}Host: evil\r\nConnection: close\r\n\r\n`, status: '400' },
    {
      name: 'another server as target',
      bytes: `GET http://evil/ HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
      status: '400',
    },
    {
      name: 'two lengths',
      bytes: `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      status: '400',
    },
    {
      name: 'length and chunks',
      bytes: `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      status: '400',
    },
    { name: 'large headers', bytes: `GET / HTTP/1.1\r\n${HOST}X: ${'a'.repeat(20_000)}\r\n\r\n`, status: '431' },
    {
      name: 'many headers',
      bytes: `GET / HTTP/1.1\r\n${HOST}${'X: a\r\n'.repeat(101)}Connection: close\r\n\r\n`,
      status: '4(00|31)',
    },
  ])('answers $name with $status and closes the connection', async ({ bytes, status }) => {
    server = await startTestServer();
    const answer = await sendBytes(server, bytes);
    expect(answer).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} [^]*application/problem\\+json[^]*"code":"invalid-request"`),
    );
    expect(answer).not.toMatch(/\bat .*:\d+:\d+/);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    expect(server.errors).toEqual([]);
  });

  it('survives whatever bytes come', async () => {
    server = await startTestServer();
    const start = fc.constantFrom(
      '',
      'GET / HTTP/1.1\r\n',
      `POST /metrics HTTP/1.1\r\n${HOST}Content-Length: 99\r\n\r\n`,
    );
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ minLength: 1, maxLength: 500 }), async (head, bytes) => {
        await new Promise((resolve) => {
          const socket = connect(server.port, '127.0.0.1')
            .on('error', () => undefined)
            .resume();
          socket.once('close', resolve);
          socket.end(Buffer.concat([Buffer.from(head), bytes]));
        });
      }),
      { numRuns: 200 },
    );
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    expect(server.errors).toEqual([]);
  });

  it.each([
    { name: 'headers', bytes: `GET / HTTP/1.1\r\nX: ` },
    { name: 'a body', bytes: `POST /nowhere HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\n1` },
    { name: 'anything', bytes: '' },
  ])('does not wait for ever for $name to arrive', async ({ bytes }) => {
    server = await startTestServer({}, { arrivalTimeoutMs: 600 });
    const answer = await sendBytes(server, bytes);
    expect(answer).toMatch(/^(HTTP\/1\.1 (408|404)|$)/);
  });

  it('tells the handler when the client has left', async () => {
    const { arrived, release } = await serveSlowly();
    const client = new AbortController();
    const answer = fetch(`${server.url}/slow`, { signal: client.signal }).catch((error: unknown) => error);
    const signal = await arrived;
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    client.abort();
    await aborted;
    release();
    await answer;
    expect(server.errors).toEqual([]);
  });

  it('serves on while it drains, and asks every client for a new connection', async () => {
    const { arrived, release } = await serveSlowly();
    const underWay = fetch(`${server.url}/slow`);
    await arrived;
    const before = await fetch(`${server.url}/health/live`);
    server.drain();
    release();
    for (const [{ status, headers }, connection] of [
      [before, 'keep-alive'],
      [await underWay, 'close'],
      [await fetch(`${server.url}/health/live`), 'close'],
    ] as const) {
      expect(status).toBeLessThan(300);
      expect(headers.get('connection')).toBe(connection);
    }
  });

  it('answers what is under way when it stops, and takes nothing new', async () => {
    const { arrived, release } = await serveSlowly();
    const answer = fetch(`${server.url}/slow`);
    const signal = await arrived;
    const stopped = server.stop();
    expect(server.stop()).toBe(stopped);
    await expect(fetch(`${server.url}/health/live`)).rejects.toThrow('fetch failed');
    release();
    const { status, headers } = await answer;
    expect({ status, connection: headers.get('connection') }).toEqual({ status: 204, connection: 'close' });
    await stopped;
    expect(signal.aborted).toBe(false);
  });

  it('does not wait for connections that are idle, new or in their heartbeat', async () => {
    server = await startTestServer({}, { drainMs: 60_000 });
    await (await fetch(`${server.url}/health/live`)).text();
    const unused = connect(server.port, '127.0.0.1').on('error', () => undefined);
    await new Promise((resolve) => unused.once('connect', resolve));
    await sleep(50);
    const startedAt = performance.now();
    await server.stop();
    expect(performance.now() - startedAt).toBeLessThan(2000);
    unused.destroy();
  });

  it('cuts off what takes longer than the drain, and says so to the handler', async () => {
    const { arrived, release } = await serveSlowly({ drainMs: 100 });
    const answer = fetch(`${server.url}/slow`).catch((error: unknown) => error);
    const signal = await arrived;
    await server.stop();
    expect(await answer).toMatchObject({ message: 'fetch failed' });
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    if (!signal.aborted) await aborted;
    expect(signal.aborted).toBe(true);
    release();
  });
});
