import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { labHistorySchema, labSnapshotSchema, type LabSnapshot } from '../lib/contracts/lab-snapshot.ts';
import { AppError } from '../lib/errors/app-error.ts';
import { sendWithHeaders, startTestServer, type TestServer } from '../lib/http/start-test-server.ts';
import { waitUntil } from '../platforms/wait-until.ts';
import {
  createFakeClusterWatch,
  createFakeGroupWatch,
  createFakePlatform,
  NOW,
  type FakeClusterWatch,
  type FakeGroupWatch,
  type FakePlatform,
} from './testing/lab-fixture.ts';
import { createLabWatch } from './lab-watch.ts';
import { buildLiveRoutes } from './live-routes.ts';

jest.setTimeout(30_000);

const SENTENCE = 'this page only shows: the lab was deployed so';
const SAMPLE = { at: NOW, lag: 3, producedPerSecond: 1.5, consumedPerSecond: 1, members: 2, partitionLags: [1, 2] };

/** A stream of server-sent events as a browser would read it. */
interface OpenStream {
  readonly response: Response;
  readonly snapshots: { readonly id: string; readonly data: LabSnapshot }[];
  readonly isOver: () => boolean;
  close(): void;
}

async function openStream(url: string): Promise<OpenStream> {
  const closing = new AbortController();
  const response = await fetch(url, { signal: closing.signal });
  const snapshots: OpenStream['snapshots'] = [];
  let isOver = false;
  const take = (event: string): void => {
    const fields = new Map(event.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]));
    if (fields.get('event') !== 'snapshot') return;
    const data = JSON.parse(fields.get('data') ?? '') as LabSnapshot;
    snapshots.push({ id: fields.get('id') ?? '', data });
  };
  void (async () => {
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (text + chunk).split('\n\n');
      text = events.pop() ?? '';
      events.forEach(take);
    }
  })()
    .catch(() => undefined)
    .finally(() => (isOver = true));
  return { response, snapshots, isOver: () => isOver, close: () => closing.abort() };
}

describe('buildLiveRoutes', () => {
  let cluster: FakeClusterWatch;
  let app: FakeGroupWatch;
  let groups: Map<string, FakeGroupWatch>;
  let platform: FakePlatform;
  let subscribed: number;
  let server: TestServer;
  let set: string[];
  let streams: OpenStream[];

  const serve = async (options: { readOnlyReason?: string } = {}): Promise<void> => {
    const settings = {
      ratePerSecond: 0,
      processingDelayMs: undefined,
      setRate: (rate: number) => Promise.resolve(void set.push(`rate ${String(rate)}`)),
      setProcessingDelay: (delayMs: number) => Promise.resolve(void set.push(`delay ${String(delayMs)}`)),
      stop: () => Promise.resolve(),
    };
    const lab = createLabWatch({ platform, cluster, settings, listGroups: () => groups, ...options });
    const counting: typeof lab = {
      ...lab,
      subscribe(listener) {
        const unsubscribe = lab.subscribe(listener);
        subscribed += 1;
        return () => {
          subscribed -= 1;
          unsubscribe();
        };
      },
    };
    server = await startTestServer({ routes: buildLiveRoutes({ lab: counting, platform, settings, ...options }) });
  };
  const listen = async (query = ''): Promise<OpenStream> => {
    const stream = await openStream(`${server.url}/api/live${query}`);
    streams.push(stream);
    return stream;
  };
  const waitFor = (what: string, isSo: () => boolean): Promise<true> =>
    waitUntil(() => isSo() || undefined, { what, timeoutMs: 20_000, intervalMs: 5 });
  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  beforeEach(() => {
    cluster = createFakeClusterWatch();
    app = createFakeGroupWatch('app', [SAMPLE]);
    groups = new Map(Object.entries({ app, orders: createFakeGroupWatch('orders') }));
    platform = createFakePlatform();
    subscribed = 0;
    set = [];
    streams = [];
  });
  afterEach(async () => {
    for (const stream of streams) stream.close();
    await server.stop();
  });

  describe('reading', () => {
    beforeEach(() => serve());

    it('answers with the lab as the page expects it', async () => {
      const response = await fetch(`${server.url}/api/snapshot`);
      expect(response.status).toBe(200);
      const snapshot = labSnapshotSchema.parse(await response.json());
      expect(snapshot.group).toEqual(app.current);
      const other = await fetch(`${server.url}/api/snapshot?group=orders`);
      expect(labSnapshotSchema.parse(await other.json()).group.groupId).toBe('orders');
    });

    it('answers with the last minutes of a group', async () => {
      const response = await fetch(`${server.url}/api/history?group=app`);
      const history: unknown = await response.json();
      expect(history).toEqual({ groupId: 'app', samples: [SAMPLE] });
      expect(labHistorySchema.parse(history)).toEqual(history);
    });

    it.each(['/api/snapshot', '/api/history', '/api/live'])(
      '%s answers 404 for a group that there is not',
      async (path) => {
        const unknown = await fetch(`${server.url}${path}?group=nobody`);
        expect(unknown.status).toBe(404);
        expect(await unknown.json()).toMatchObject({ code: 'no-such-target', detail: 'there is no group nobody' });
        groups.clear();
        const none = await fetch(`${server.url}${path}`);
        expect(none.status).toBe(404);
        expect(await none.json()).toMatchObject({ detail: 'there is no group to look at yet' });
        expect(subscribed).toBe(0);
        expect(server.errors).toEqual([]);
      },
    );

    it.each(['?group=', `?group=${'g'.repeat(254)}`, '?groups=app', '?group=app&group=app'])(
      'refuses the question %s',
      async (query) => {
        for (const path of ['/api/snapshot', '/api/history', '/api/live']) {
          expect((await fetch(`${server.url}${path}${query}`)).status).toBe(400);
        }
      },
    );

    it('does not answer to a name that is not its own', async () => {
      const headers = { host: 'rebound.example' };
      for (const path of ['/api/snapshot', '/api/live']) {
        expect((await sendWithHeaders(server, { path, headers })).status).toBe(421);
      }
    });
  });

  describe('streaming', () => {
    beforeEach(() => serve());

    it('sends the lab at once, and again when something has changed', async () => {
      const stream = await listen('?group=orders');
      expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
      expect(stream.response.headers.get('cache-control')).toBe('no-store');
      await waitFor('the first', () => stream.snapshots.length > 0);
      expect(labSnapshotSchema.parse(stream.snapshots[0]?.data).group.groupId).toBe('orders');
      const orders = groups.get('orders');
      if (orders === undefined) throw new Error('there are orders');
      orders.current = { ...orders.current, lag: 77 };
      orders.announce();
      await waitFor('the change', () => stream.snapshots.some(({ data }) => data.group.lag === 77));
      expect(stream.snapshots.map(({ id }) => id)).toEqual(stream.snapshots.map((_, index) => String(index)));
    });

    it('sends what changed together once', async () => {
      const stream = await listen();
      await waitFor('the first', () => stream.snapshots.length === 1);
      for (let change = 1; change <= 20; change += 1) {
        app.current = { ...app.current, lag: change };
        app.announce();
        cluster.announce();
      }
      await waitFor('the change', () => stream.snapshots.some(({ data }) => data.group.lag === 20));
      expect(new Set(stream.snapshots.map(({ data }) => data.group.lag))).toEqual(new Set([0, 20]));
    });

    it('sends at least every second when nothing changes', async () => {
      const startedAt = performance.now();
      const stream = await listen();
      await waitFor('three', () => stream.snapshots.length >= 3);
      // And not all the time.
      expect(performance.now() - startedAt).toBeGreaterThan(1900);
    });

    it('forgets a client that has gone', async () => {
      const [gone, staying] = [await listen(), await listen()];
      expect(subscribed).toBe(2);
      gone.close();
      await waitFor('one to be forgotten', () => subscribed === 1);
      app.announce();
      await waitFor('the other to be told', () => staying.snapshots.length >= 2);
    });

    it('ends when the group has gone, and says so to whoever comes again', async () => {
      const stream = await listen('?group=orders');
      await waitFor('the first', () => stream.snapshots.length > 0);
      groups.delete('orders');
      cluster.announce();
      await waitFor('the end', stream.isOver);
      expect(subscribed).toBe(0);
      expect((await fetch(`${server.url}/api/live?group=orders`)).status).toBe(404);
      expect(server.errors).toEqual([]);
    });

    it('ends with the server', async () => {
      const stream = await listen();
      await server.stop();
      await waitFor('the end', stream.isOver);
      expect(subscribed).toBe(0);
    });
  });

  const WRITES: readonly { method: string; path: string; body: object; done: string }[] = [
    {
      method: 'PUT',
      path: '/api/replicas',
      body: { workload: 'consumer', replicas: 0 },
      done: 'scale consumer 0',
    },
    {
      method: 'POST',
      path: '/api/faults',
      body: { kind: 'pause', target: 'consumer-a' },
      done: 'pause consumer-a',
    },
    { method: 'PUT', path: '/api/load', body: { ratePerSecond: 250 }, done: 'rate 250' },
    { method: 'PUT', path: '/api/processing-delay', body: { delayMs: 0 }, done: 'delay 0' },
  ];
  const listDone = (): readonly string[] => [...platform.done, ...set];

  describe('controlling', () => {
    beforeEach(() => serve());

    it.each(WRITES)('$method $path does what it is told', async ({ method, path, body, done }) => {
      const response = await send(method, path, body);
      expect(response.status).toBe(204);
      expect(await response.text()).toBe('');
      expect(listDone()).toEqual([done]);
    });

    it.each(WRITES)('$method $path takes nothing from pages of other origins', async ({ method, path, body }) => {
      for (const origin of ['http://elsewhere.example', 'null']) {
        const response = await send(method, path, body, { origin });
        expect(response.status).toBe(403);
        expect(await response.json()).toMatchObject({ code: 'forbidden-origin' });
      }
      expect(listDone()).toEqual([]);
      expect((await send(method, path, body, { origin: server.url })).status).toBe(204);
    });

    it.each<{ method: string; path: string; body: unknown; field: string }>([
      { method: 'PUT', path: '/api/replicas', body: { workload: 'kafka', replicas: 1 }, field: 'body.workload' },
      { method: 'PUT', path: '/api/replicas', body: { workload: 'consumer', replicas: 51 }, field: 'body.replicas' },
      { method: 'PUT', path: '/api/replicas', body: { workload: 'consumer', replicas: -1 }, field: 'body.replicas' },
      { method: 'PUT', path: '/api/replicas', body: { workload: 'consumer', replicas: 1.5 }, field: 'body.replicas' },
      { method: 'PUT', path: '/api/replicas', body: { workload: 'consumer' }, field: 'body.replicas' },
      { method: 'PUT', path: '/api/replicas', body: { workload: 'consumer', replicas: 1, now: 1 }, field: 'body.now' },
      { method: 'POST', path: '/api/faults', body: { kind: 'reboot', target: 'a' }, field: 'body.kind' },
      { method: 'POST', path: '/api/faults', body: { kind: 'kill', target: '' }, field: 'body.target' },
      { method: 'POST', path: '/api/faults', body: { kind: 'kill', target: 'a'.repeat(254) }, field: 'body.target' },
      { method: 'PUT', path: '/api/load', body: { ratePerSecond: 20_001 }, field: 'body.ratePerSecond' },
      { method: 'PUT', path: '/api/load', body: { ratePerSecond: '5' }, field: 'body.ratePerSecond' },
      { method: 'PUT', path: '/api/processing-delay', body: { delayMs: 10_001 }, field: 'body.delayMs' },
      { method: 'PUT', path: '/api/processing-delay', body: [], field: 'body' },
    ])('$method $path refuses $body and names $field', async ({ method, path, body, field }) => {
      const response = await send(method, path, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid-request', errors: [{ path: field }] });
      expect(listDone()).toEqual([]);
    });

    it.each([
      { code: 'no-such-target', status: 404 },
      { code: 'unsupported-by-platform', status: 501 },
      { code: 'conflict', status: 409 },
    ] as const)('answers $status when the platform says $code', async ({ code, status }) => {
      platform.failure = new AppError(code, 'the platform says no');
      for (const { method, path, body } of WRITES.slice(0, 2)) {
        const response = await send(method, path, body);
        expect(response.status).toBe(status);
        expect(await response.json()).toMatchObject({ code, detail: 'the platform says no' });
      }
    });
  });

  it.each(WRITES)(
    '$method $path is refused with the reason when the page only shows',
    async ({ method, path, body }) => {
      await serve({ readOnlyReason: SENTENCE });
      const response = await send(method, path, body);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'read-only', detail: SENTENCE });
      expect(listDone()).toEqual([]);
      const snapshot = (await (await fetch(`${server.url}/api/snapshot`)).json()) as LabSnapshot;
      expect(snapshot.controls).toMatchObject({ isReadOnly: true, readOnlyReason: SENTENCE });
    },
  );
});
