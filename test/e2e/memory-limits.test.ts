/** What clients can do to the memory of a service: each container is attacked at the limit that its manifest sets. */
import { execFile } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { APP_TOPIC } from '../../lib/contracts/topics.ts';
import type { Workload } from '../../lib/contracts/replica.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { connectLab, type ConnectedLab } from './connect-lab.ts';

const run = promisify(execFile);
const LARGE_RECORDS = 1200;
const LARGE_BYTES = 950_000;
const SLOW_BODIES = 260;

jest.setTimeout(300_000);

describe('a container at its memory limit', () => {
  let lab: ConnectedLab;
  let sockets: Socket[] = [];

  beforeAll(async () => {
    lab = await connectLab();
    await lab.platform.scale('consumer', 1);
    await lab.waitReady('consumer', 1);
    await fillWithLargeRecords(lab.platform.addresses.kafka);
    await waitUntil(async () => ((await lab.observer.inspectGroup()).lag === 0 ? true : undefined), {
      what: 'the large records to be processed',
      timeoutMs: 120_000,
    });
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
  });
  afterAll(() => lab.close());

  const countRestarts = async (workload: Workload): Promise<number> =>
    (await lab.platform.listReplicas(workload)).reduce((sum, { restarts }) => sum + restarts, 0);

  /** A connection that sends this and reads nothing. */
  const send = (url: string, text: string): void => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).pause();
    socket.write(text);
    sockets.push(socket);
  };

  /** The status of an answer, once there is one that is not 503. */
  const waitForAnswer = (request: () => Promise<Response>): Promise<number> =>
    waitUntil(
      async () => {
        const response = await request();
        await response.text();
        return response.status === 503 ? undefined : response.status;
      },
      { what: 'an answer', timeoutMs: 60_000 },
    );

  it('answers everybody while streams from the beginning are opened and not read', async () => {
    const url = lab.platform.addresses.consumer;
    const before = await countRestarts('consumer');
    const head = 'GET /messages/stream HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: /\r\n\r\n';
    for (let index = 0; index < 5; index += 1) send(url, head);
    const closing = new AbortController();
    const stream = await fetch(`${url}/messages/stream`, {
      headers: { 'last-event-id': '/' },
      signal: closing.signal,
    });
    let received = '';
    const reading = (async () => {
      for await (const chunk of stream.body ?? []) received += Buffer.from(chunk).toString('utf8').slice(0, 100);
    })().catch(() => undefined);
    await delay(15_000);
    closing.abort();
    await reading;
    expect(received).toContain('event: message');
    expect(await waitForAnswer(() => fetch(`${url}/messages?limit=5`))).toBe(200);
    expect(await countRestarts('consumer')).toBe(before);
  });

  it('answers everybody while many ask for the most that there is, and some do not take it', async () => {
    const url = lab.platform.addresses.consumer;
    const before = await countRestarts('consumer');
    for (let index = 0; index < 10; index += 1) {
      send(url, 'GET /messages?limit=500 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    }
    const statuses = await Promise.all(
      Array.from({ length: 20 }, () => waitForAnswer(() => fetch(`${url}/messages?limit=500`))),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await countRestarts('consumer')).toBe(before);
  });

  it('stores messages while many send bodies that do not end', async () => {
    const url = lab.platform.addresses.producer;
    const before = await countRestarts('producer');
    const head =
      'POST /producer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1048000\r\n\r\n';
    const body = `{"name":"${'x'.repeat(1_000_000)}`;
    for (let index = 0; index < SLOW_BODIES; index += 1) send(url, head + body);
    await delay(10_000);
    const post = (): Promise<Response> =>
      fetch(`${url}/producer`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'honest' }),
      });
    expect(await waitForAnswer(post)).toBe(201);
    expect(await countRestarts('producer')).toBe(before);
  });
});

/** Messages as long as a broker takes them, by a client of another make: most of each is white space, which is small in the log. */
async function fillWithLargeRecords(brokers: readonly string[]): Promise<void> {
  const value = `{"name":"large"${' '.repeat(LARGE_BYTES)}}`;
  const producing = run('kcat', [
    ...['-P', '-b', brokers.join(','), '-t', APP_TOPIC, '-z', 'zstd'],
    ...['-X', 'message.max.bytes=2000000', '-X', 'batch.num.messages=1', '-X', 'queue.buffering.max.kbytes=65536'],
  ]);
  const { stdin } = producing.child;
  for (let index = 0; index < LARGE_RECORDS; index += 1) {
    if (stdin?.write(`${value}\n`) === false) await new Promise((resolve) => stdin.once('drain', resolve));
  }
  stdin?.end();
  await producing;
}
