import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { waitUntil } from '../wait-until.ts';
import { readPodLog } from './pod-log.ts';
import { startFakeApiServer, type FakeApiServer, type FakeRequest } from './testing/fake-api-server.ts';
import { buildPod } from './testing/pod-fixture.ts';
import type { WatchedResource } from './watch-resource.ts';

const NAME = 'consumer-x-aaaaa';

describe('readPodLog', () => {
  let server: FakeApiServer;
  let pods: V1Pod[];
  let asked: FakeRequest[];
  let answer: (request: FakeRequest, response: ServerResponse, nth: number) => void;

  beforeEach(async () => {
    pods = [buildPod({ name: NAME })];
    asked = [];
    server = await startFakeApiServer((request, response) => {
      if (request.path !== `/api/v1/namespaces/lab/pods/${NAME}/log`) return false;
      asked.push(request);
      answer(request, response, asked.length);
      return true;
    });
  });
  afterEach(() => server.stop());

  const read = (replica: string, options: { tail: number; follow: boolean; signal?: AbortSignal }) => {
    const watched = { list: () => pods, listFresh: () => Promise.resolve(pods) } as unknown as WatchedResource<V1Pod>;
    const logger = createSilentLogger();
    return readPodLog({ client: server.client, namespace: 'lab', pods: watched, logger, retryMs: 5 }, replica, options);
  };
  const collect = async (lines: AsyncIterable<string>): Promise<string[]> => {
    const all: string[] = [];
    for await (const line of lines) all.push(line);
    return all;
  };
  const stamp = (n: number): string => `2026-11-22T12:00:0${String(n)}.000000000Z line ${String(n)}\n`;

  it('gives the last lines of the container that the workload names', async () => {
    answer = (_request, response) => response.end('one\r\ntwo\n');
    expect(await collect(read(NAME, { tail: 3, follow: false }))).toEqual(['one', 'two']);
    expect(Object.fromEntries(asked[0]?.query ?? [])).toEqual({ container: 'consumer', tailLines: '3' });
  });

  it('says that there is no such replica, whether it is to be followed or not', async () => {
    for (const follow of [true, false]) {
      await expect(collect(read('consumer-none', { tail: 1, follow }))).rejects.toMatchObject({
        code: 'no-such-target',
      });
    }
  });

  it('says why a log cannot be read', async () => {
    answer = (_request, response) => {
      response.writeHead(400);
      response.end(JSON.stringify({ message: 'container "consumer" is waiting to start: ContainerCreating' }));
    };
    await expect(collect(read(NAME, { tail: 1, follow: false }))).rejects.toThrow(
      `could not read the log of ${NAME}: container "consumer" is waiting to start: ContainerCreating`,
    );
  });

  it('follows over a restart and a broken connection without repeating a line, until the pod is gone', async () => {
    answer = (_request, response, nth) => {
      if (nth === 1) response.end(stamp(1) + stamp(2));
      else if (nth === 2) {
        response.write(stamp(2) + stamp(3));
        setTimeout(() => response.destroy(), 50);
      } else if (nth === 3) {
        response.writeHead(400);
        response.end('{}');
      } else {
        pods = [];
        response.end(stamp(3) + stamp(4));
      }
    };
    const lines = await collect(read(NAME, { tail: 2, follow: true }));
    expect(lines).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
    const queries = asked.map(({ query }) => [query.get('tailLines'), query.get('sinceTime')]);
    expect(queries).toEqual([
      ['2', null],
      [null, '2026-11-22T12:00:02Z'],
      [null, '2026-11-22T12:00:03Z'],
      [null, '2026-11-22T12:00:03Z'],
    ]);
  });

  it('asks for the last lines until it has some: the container may not have started', async () => {
    answer = (_request, response, nth) => {
      if (nth === 1) {
        response.writeHead(400);
        response.end('{}');
        return;
      }
      pods = [];
      response.end(stamp(1));
    };
    expect(await collect(read(NAME, { tail: 2, follow: true }))).toEqual(['line 1']);
    expect(asked[1]?.query.get('tailLines')).toBe('2');
  });

  it('begins with the moment of the call when no earlier lines are wanted', async () => {
    const earlier = new Date(Date.now() - 60_000).toISOString();
    const later = new Date(Date.now() + 60_000).toISOString();
    answer = (_request, response) => {
      pods = [];
      response.end(`${earlier} before\n${later} after\n`);
    };
    expect(await collect(read(NAME, { tail: 0, follow: true }))).toEqual(['after']);
    expect(asked[0]?.query.get('tailLines')).toBeNull();
  });

  it('ends without an error when it is told to, and closes the connection', async () => {
    let isClosed = false;
    answer = (_request, response) => {
      response.on('close', () => (isClosed = true));
      response.write(stamp(1));
    };
    const told = new AbortController();
    const reading = collect(read(NAME, { tail: 1, follow: true, signal: told.signal }));
    await waitUntil(() => asked.length > 0 || undefined, { what: 'the request', timeoutMs: 5000, intervalMs: 5 });
    told.abort();
    await expect(reading).resolves.toBeDefined();
    await waitUntil(() => isClosed || undefined, { what: 'the end of the connection', timeoutMs: 5000 });
  });

  it('closes the connection when the reader has read enough', async () => {
    let isClosed = false;
    answer = (_request, response) => {
      response.on('close', () => (isClosed = true));
      response.write(stamp(1));
    };
    for await (const line of read(NAME, { tail: 1, follow: true })) {
      expect(line).toBe('line 1');
      break;
    }
    await waitUntil(() => isClosed || undefined, { what: 'the end of the connection', timeoutMs: 5000 });
  });
});
