import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { waitUntil } from '../wait-until.ts';
import { findKind, watchControllers, type WatchedControllers } from './controllers.ts';
import { startFakeApiServer, type FakeApiServer } from './testing/fake-api-server.ts';

jest.setTimeout(30_000);

const PATHS = {
  deployment: '/apis/apps/v1/namespaces/lab/deployments',
  statefulset: '/apis/apps/v1/namespaces/lab/statefulsets',
} as const;

describe('watchControllers', () => {
  let server: FakeApiServer;
  let controllers: WatchedControllers;
  let scaled: string[];

  const put = (kind: keyof typeof PATHS, name: string, replicas?: number, workload?: string): void =>
    server.put(PATHS[kind], {
      metadata: { name, uid: `${kind}-${name}`, ...(workload && { labels: { 'app.kubernetes.io/name': workload } }) },
      ...{ spec: { replicas } },
    });
  const waitFor = (what: string, isSo: () => boolean): Promise<true> =>
    waitUntil(() => isSo() || undefined, { what, timeoutMs: 20_000, intervalMs: 5 });

  beforeEach(async () => {
    server = await startFakeApiServer(() => false);
    scaled = [];
    controllers = watchControllers({
      client: server.client,
      namespace: 'lab',
      logger: createSilentLogger(),
      onScaled: ({ kind, name, workload, replicas }, before) =>
        void scaled.push(`${kind}/${name} (${String(workload)}) ${String(before)} → ${String(replicas)}`),
    });
    put('deployment', 'producer', undefined, 'producer');
    put('statefulset', 'consumer', 2, 'consumer');
    controllers.start();
    await waitFor('both watches', () =>
      Object.values(PATHS).every((path) => server.requests.includes(`WATCH ${path}`)),
    );
  });
  afterEach(async () => {
    await controllers.stop();
    await server.stop();
  });

  it('lists both kinds, each with the number that it was told to have: one when nothing was said', async () => {
    const expected = [
      { kind: 'deployment', name: 'producer', workload: 'producer', replicas: 1 },
      { kind: 'statefulset', name: 'consumer', workload: 'consumer', replicas: 2 },
    ];
    expect(controllers.list()).toEqual(expected);
    await expect(controllers.listFresh()).resolves.toEqual(expected);
    expect(findKind(controllers.list(), 'consumer')).toBe('statefulset');
    expect(findKind(controllers.list(), 'producer')).toBe('deployment');
    expect(findKind([], 'consumer')).toBe('deployment');
  });

  it('tells of each change of the number, and of no other', async () => {
    put('statefulset', 'consumer', 2, 'consumer');
    put('statefulset', 'ledger', 5);
    put('statefulset', 'ledger', 6);
    put('deployment', 'producer', 4, 'producer');
    await waitFor('both changes', () => scaled.length >= 2);
    expect(scaled.toSorted()).toEqual(['deployment/producer (producer) 1 → 4', 'statefulset/ledger (undefined) 5 → 6']);
  });

  it('waits for what either kind is to be', async () => {
    const waiting = controllers.waitFor(({ name, replicas }) => name === 'consumer' && replicas === 3, 10_000);
    put('statefulset', 'consumer', 3, 'consumer');
    await expect(waiting).resolves.toBe(true);
    await expect(controllers.waitFor(({ replicas }) => replicas === 9, 20)).resolves.toBe(false);
  });
});
