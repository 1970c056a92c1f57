import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { waitUntil } from '../wait-until.ts';
import { startFakeApiServer, type FakeApiServer } from './testing/fake-api-server.ts';
import { watchResource, type WatchedResource, type WatchResourceOptions } from './watch-resource.ts';

const PATH = '/api/v1/namespaces/lab/pods';

describe('watchResource', () => {
  let server: FakeApiServer;
  let resource: WatchedResource<V1Pod> | undefined;
  let changes: string[];

  const start = (options: Partial<WatchResourceOptions<V1Pod>> = {}): WatchedResource<V1Pod> => {
    const { client } = server;
    resource = watchResource<V1Pod>({
      client,
      path: PATH,
      labelSelector: 'a=b',
      list: () => client.core.listNamespacedPod({ namespace: 'lab', labelSelector: 'a=b' }),
      what: 'the pods',
      onChange: ({ kind, object }) => changes.push(`${kind} ${object.metadata?.name ?? ''}`),
      logger: createSilentLogger(),
      retry: { firstMs: 10, longestMs: 40 },
      ...options,
    });
    resource.start();
    return resource;
  };
  const put = (name: string, uid = `uid-${name}`): void => server.put(PATH, { metadata: { name, uid } });
  const count = (request: string): number => server.requests.filter((made) => made === `${request} ${PATH}`).length;
  const waitWatching = (watches = 1): Promise<true> =>
    waitUntil(() => count('WATCH') >= watches || undefined, { what: 'the watch', timeoutMs: 5000, intervalMs: 5 });
  const expectChanges = (expected: readonly string[]): Promise<true> =>
    waitUntil(
      () => {
        if (changes.length < expected.length) throw new Error(changes.join(', '));
        expect(changes).toEqual(expected);
        return true;
      },
      { what: expected.join(', '), timeoutMs: 5000, intervalMs: 5 },
    );
  const readNames = (pods: readonly V1Pod[]): (string | undefined)[] => pods.map(({ metadata }) => metadata?.name);

  beforeEach(async () => {
    server = await startFakeApiServer();
    changes = [];
    put('a');
  });
  afterEach(async () => {
    await Promise.all([resource?.stop(), server.stop()]);
  });

  it('knows what was listed, which is no change, and follows what is watched', async () => {
    start();
    expect(readNames((await resource?.listFresh()) ?? [])).toEqual(['a']);
    await waitWatching();
    put('b');
    put('a');
    server.remove(PATH, 'b');
    await expectChanges(['added b', 'changed a', 'removed b']);
    expect(count('GET')).toBe(1);
  });

  it('gives the state before a change with it', async () => {
    const versions: (string | undefined)[][] = [];
    start({
      onChange: (change) => {
        if (change.kind !== 'changed') return;
        versions.push([change.before.metadata?.resourceVersion, change.object.metadata?.resourceVersion]);
      },
    });
    await waitWatching();
    put('a');
    put('a');
    await waitUntil(() => versions.length === 2 || undefined, { what: 'two changes', timeoutMs: 5000 });
    expect(versions).toEqual([
      ['101', '102'],
      ['102', '103'],
    ]);
  });

  it('tells of a pod that took the name of another as one removed and one added', async () => {
    start({ relistMs: 50 });
    await waitWatching();
    server.remove(PATH, 'a', 'quietly');
    put('a', 'another uid');
    await waitUntil(() => changes.length === 2 || undefined, { what: 'both', timeoutMs: 5000 });
    expect(changes.toSorted()).toEqual(['added a', 'removed a']);
  });

  it.each([
    { what: 'a broken connection', end: () => server.dropWatches() },
    {
      what: 'an answer of 410 Gone',
      end: () => server.sendLine(JSON.stringify({ type: 'ERROR', object: { code: 410 } })),
    },
  ])('goes on after $what, and tells what it has missed', async ({ end }) => {
    start();
    await waitWatching();
    server.remove(PATH, 'a', 'quietly');
    end();
    await waitWatching(2);
    put('b');
    await expectChanges(['removed a', 'added b']);
  });

  it('notices within the time of one watch what a watch never told', async () => {
    start({ relistMs: 60 });
    await waitWatching();
    server.remove(PATH, 'a', 'quietly');
    await expectChanges(['removed a']);
  });

  it('does not wait for a server that takes connections and is silent', async () => {
    start({ relistMs: 60 });
    await waitWatching();
    server.mute(true);
    put('b');
    await waitUntil(() => count('GET') > 1 || undefined, { what: 'a list nobody answers', timeoutMs: 5000 });
    server.mute(false);
    server.dropWatches();
    // The list that was not answered ends by the client's own time; stopping does not wait for it.
    const stopped = Promise.all([resource?.stop(), server.client.close()]);
    await expect(stopped).resolves.toBeDefined();
  });

  it('asks less and less often while it is refused, and is quick again after that', async () => {
    server.refuse('lists', 503);
    const pauses: number[] = [];
    start({
      random: () => {
        pauses.push(performance.now());
        return 1;
      },
    });
    await waitUntil(() => pauses.length >= 5 || undefined, { what: 'five attempts', timeoutMs: 5000, intervalMs: 5 });
    server.refuse('lists', undefined);
    const between = pauses.slice(1).map((at, index) => at - (pauses[index] ?? 0));
    expect(between[0]).toBeGreaterThanOrEqual(9);
    expect(between[3]).toBeGreaterThanOrEqual(39);
    await waitWatching();
    expect(readNames((await resource?.listFresh()) ?? [])).toEqual(['a']);
  });

  it('lists while it may not watch', async () => {
    server.refuse('watches', 403);
    start();
    expect(readNames((await resource?.listFresh()) ?? [])).toEqual(['a']);
    put('b');
    await expectChanges(['added b']);
  });

  it('says why there is no fresh list, and what it knew before', async () => {
    start({ relistMs: 30, retry: { firstMs: 5000, longestMs: 5000 } });
    await waitWatching();
    server.refuse('lists', 500);
    const lists = count('GET');
    await waitUntil(() => count('GET') > lists || undefined, { what: 'a refused list', timeoutMs: 5000 });
    await new Promise((resolve) => setTimeout(resolve, 2100));
    await expect(resource?.listFresh()).rejects.toMatchObject({ code: 'process-failed', retriable: true });
    expect(readNames(resource?.list() ?? [])).toEqual(['a']);
    server.refuse('lists', undefined);
    await expect(resource?.listFresh()).resolves.toHaveLength(1);
  });

  it('waits for a condition, but not for ever', async () => {
    const pods = start();
    await waitWatching();
    const two = pods.waitFor((items) => items.length === 2, 5000);
    put('b');
    await expect(two).resolves.toBe(true);
    await expect(pods.waitFor((items) => items.length === 3, 30)).resolves.toBe(false);
    const three = pods.waitFor((items) => items.length === 3, 60_000);
    await pods.stop();
    await expect(three).resolves.toBe(false);
    await expect(pods.listFresh().then(readNames)).resolves.toEqual(['a', 'b']);
  });

  it('takes lines that are no events for nothing, and survives a listener that fails', async () => {
    start({
      onChange: ({ object }) => {
        changes.push(object.metadata?.name ?? '');
        throw new Error('the listener is at fault');
      },
    });
    await waitWatching();
    server.sendLine('{"type":');
    server.sendLine(JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '999' } } }));
    put('b');
    put('c');
    await expectChanges(['b', 'c']);
  });

  describe('its contact', () => {
    const waitReachable = (isReachable: boolean): Promise<true> =>
      waitUntil(() => resource?.contact.isReachable === isReachable || undefined, {
        what: `contact ${String(isReachable)}`,
        timeoutMs: 5000,
        intervalMs: 5,
      });

    it('is none before the API server has answered', async () => {
      server.refuse('lists', 503);
      start();
      await waitUntil(() => count('GET') > 1 || undefined, { what: 'two lists', timeoutMs: 5000, intervalMs: 5 });
      expect(resource?.contact.isReachable).toBe(false);
      const { since } = resource?.contact ?? {};
      server.refuse('lists', undefined);
      await waitReachable(true);
      expect(resource?.contact.since).toBeGreaterThanOrEqual(since ?? Infinity);
    });

    it('is lost with an API server that breaks off and refuses, and is there again with it', async () => {
      start();
      await waitWatching();
      const before = Date.now();
      server.refuse('lists', 500);
      server.dropWatches();
      await waitReachable(false);
      expect(resource?.contact.since).toBeGreaterThanOrEqual(before);
      expect(readNames(resource?.list() ?? [])).toEqual(['a']);
      server.refuse('lists', undefined);
      await waitReachable(true);
    });

    it('keeps the time since when it is so', async () => {
      start({ relistMs: 20 });
      await waitReachable(true);
      const { since } = resource?.contact ?? {};
      await waitUntil(() => count('GET') > 4 || undefined, { what: 'more lists', timeoutMs: 5000, intervalMs: 5 });
      expect(resource?.contact).toEqual({ isReachable: true, since });
    });

    it.each([
      {
        what: 'a watch that is too old for it',
        disturb: () => server.sendLine(JSON.stringify({ type: 'ERROR', object: { code: 410 } })),
      },
      { what: 'a watch that broke', disturb: () => server.dropWatches() },
      {
        what: 'a watch that it does not allow',
        disturb: () => {
          server.refuse('watches', 403);
          server.dropWatches();
        },
      },
    ])('is not lost with $what: it answers', async ({ disturb }) => {
      const seen = new Set<boolean>();
      start();
      await waitWatching();
      const lists = count('GET');
      disturb();
      await waitUntil(
        () => {
          seen.add(resource?.contact.isReachable ?? false);
          return count('GET') > lists + 2 || (count('WATCH') > 1 && count('GET') > lists) || undefined;
        },
        { what: 'another list', timeoutMs: 5000, intervalMs: 1 },
      );
      expect([...seen]).toEqual([true]);
    });

    it('is not lost by stopping', async () => {
      start();
      await waitWatching();
      await resource?.stop();
      expect(resource?.contact.isReachable).toBe(true);
    });
  });
});
