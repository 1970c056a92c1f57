import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Fault } from '../../lib/contracts/replica.ts';
import { listCapabilities, requireCapability } from '../platform.ts';
import { waitUntil } from '../wait-until.ts';
import { DELETION_COST_ANNOTATION } from './deletion-cost.ts';
import { startInClusterPlatform, type InClusterPlatform } from './in-cluster-platform.ts';
import {
  startFakeApiServer,
  type FakeApiServer,
  type FakeObject,
  type FakeRequest,
} from './testing/fake-api-server.ts';
import { buildPod, type PodFixture } from './testing/pod-fixture.ts';

jest.setTimeout(30_000);

const PODS = '/api/v1/namespaces/lab/pods';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/lab/deployments';
const STATEFUL_SETS = '/apis/apps/v1/namespaces/lab/statefulsets';
const WATCHED = [PODS, DEPLOYMENTS, STATEFUL_SETS];
const HASH = '5b45f56f77';

describe('startInClusterPlatform', () => {
  let server: FakeApiServer;
  let platform: InClusterPlatform;
  let others: FakeRequest[];
  let deleteStatus: number;

  const start = (options: { allowControls?: boolean } = {}): InClusterPlatform => {
    platform = startInClusterPlatform({
      namespace: 'lab',
      kafka: ['kafka:29029'],
      zookeeper: ['zookeeper-0:2181'],
      allowControls: options.allowControls ?? false,
      logger: createSilentLogger(),
      client: server.client,
    });
    return platform;
  };
  const putPod = (fixture: PodFixture): void => server.put(PODS, buildPod(fixture) as unknown as FakeObject);
  const putDeployment = (name: string, replicas: number | undefined, workload?: string): void =>
    server.put(DEPLOYMENTS, {
      metadata: { name, uid: `uid-${name}`, ...(workload && { labels: { 'app.kubernetes.io/name': workload } }) },
      ...{ spec: { replicas } },
    });
  const waitFor = (what: string, isSo: () => boolean): Promise<true> =>
    waitUntil(() => isSo() || undefined, { what, timeoutMs: 20_000, intervalMs: 5 });
  const waitWatching = (): Promise<true> =>
    waitFor('all watches', () => WATCHED.every((path) => server.requests.includes(`WATCH ${path}`)));
  const tell = (told: string[]) => (event: PlatformEvent) => {
    if (event.kind === 'scaled') told.push(`${event.workload} ${String(event.from)} → ${String(event.to)}`);
    else if (event.kind === 'fault') told.push(`${event.fault.kind} ${event.fault.target}`);
    else if (event.kind !== 'node')
      told.push(`${event.replica.name} ${event.kind === 'removed' ? 'removed' : event.replica.phase}`);
  };

  beforeEach(async () => {
    others = [];
    deleteStatus = 200;
    server = await startFakeApiServer((request, response) => {
      others.push(request);
      if (!['DELETE', 'PATCH'].includes(request.method)) return false;
      response.writeHead(deleteStatus, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', message: 'so says the API server', spec: {} }));
      return true;
    });
    server.put('/api/v1/nodes', {
      metadata: { name: 'kafka-lab-worker', uid: 'n', ...{ labels: { 'topology.kubernetes.io/zone': 'zone-a' } } },
    });
    putDeployment('consumer', 2, 'consumer');
    putDeployment('shop', 3);
    putDeployment('bare', undefined);
    server.put(STATEFUL_SETS, { metadata: { name: 'kafka', uid: 'uid-kafka' } });
    putPod({
      deployment: 'consumer',
      name: `consumer-${HASH}-bbbbb`,
      podIP: '10.0.0.7',
      createdAt: '2026-11-22T10:00:02Z',
    });
    putPod({
      deployment: 'consumer',
      name: `consumer-${HASH}-aaaaa`,
      podIP: 'fd00::7',
      createdAt: '2026-11-22T10:00:01Z',
    });
    putPod({ deployment: 'shop', isForeign: true, name: `shop-${HASH}-ccccc` });
    putPod({ workload: 'kafka', owner: 'StatefulSet', name: 'kafka-0', podIP: '10.0.0.9' });
    putPod({ isForeign: true, name: 'topics-xxxxx' });
  });
  afterEach(async () => {
    await platform.close();
    await server.stop();
  });

  it('knows where everything is from within', async () => {
    start();
    expect(platform.name).toBe('kubernetes');
    expect(platform.addresses).toEqual({
      kafka: ['kafka:29029'],
      zookeeper: ['zookeeper-0:2181'],
      producer: 'http://producer:8000',
      consumer: 'http://consumer:8001',
    });
    const replicas = await platform.listReplicas();
    expect(replicas.map(({ name, url, zone }) => ({ name, url, zone }))).toEqual([
      { name: 'kafka-0', url: undefined, zone: 'zone-a' },
      { name: `consumer-${HASH}-aaaaa`, url: 'http://[fd00::7]:8001', zone: 'zone-a' },
      { name: `consumer-${HASH}-bbbbb`, url: 'http://10.0.0.7:8001', zone: 'zone-a' },
    ]);
    expect(URL.canParse(replicas[1]?.url ?? '')).toBe(true);
  });

  it('knows how many replicas are wanted', async () => {
    start();
    await waitWatching();
    await expect(platform.readScale('consumer')).resolves.toBe(2);
    await expect(platform.readScale('producer')).resolves.toBeUndefined();
  });

  it('asks for nothing but lists, watches and nodes', async () => {
    start({ allowControls: true });
    await waitWatching();
    await platform.listReplicas();
    await platform.watchReplicas('shop').list();
    expect(listCapabilities(platform)).not.toContain('logs');
    const asked = new Set(server.requests);
    expect(asked).toEqual(
      new Set([...WATCHED.flatMap((path) => [`GET ${path}`, `WATCH ${path}`]), 'GET /api/v1/nodes']),
    );
  });

  describe('the replicas of a Deployment', () => {
    it('are the pods of its ReplicaSets, whatever their labels, in the order of their creation', async () => {
      putPod({ deployment: 'consumer-x', name: `consumer-x-${HASH}-eeeee` });
      putPod({ deployment: 'consumer', name: `consumer-${HASH}-evict`, podPhase: 'Failed', podReason: 'Evicted' });
      start();
      const names = async (deployment: string): Promise<string[]> =>
        (await platform.watchReplicas(deployment).list()).map(({ name }) => name);
      await expect(names('consumer')).resolves.toEqual([`consumer-${HASH}-aaaaa`, `consumer-${HASH}-bbbbb`]);
      await expect(names('consumer-x')).resolves.toEqual([`consumer-x-${HASH}-eeeee`]);
      await expect(names('shop')).resolves.toEqual([`shop-${HASH}-ccccc`]);
      await expect(names('nothing')).resolves.toEqual([]);
    });

    it('are known from the first question on, also before the first list', async () => {
      start();
      const shop = platform.watchReplicas('shop');
      await expect(Promise.all([shop.list(), shop.readWanted()])).resolves.toMatchObject([
        [{ name: `shop-${HASH}-ccccc` }],
        3,
      ]);
    });

    it('have node, zone, phase and cost as those of the lab have', async () => {
      putPod({
        deployment: 'shop',
        isForeign: true,
        name: `shop-${HASH}-ddddd`,
        createdAt: '2026-11-23T10:00:00Z',
        annotations: { [DELETION_COST_ANNOTATION]: '4' },
      });
      start();
      const [, replica] = await platform.watchReplicas('shop').list();
      expect(replica).toMatchObject({
        workload: 'consumer',
        node: 'kafka-lab-worker',
        zone: 'zone-a',
        phase: 'ready',
        deletionCost: 4,
      });
    });

    it('are wanted as the Deployment says: one when it says nothing, and nothing when there is none', async () => {
      start();
      await expect(platform.watchReplicas('bare').readWanted()).resolves.toBe(1);
      await expect(platform.watchReplicas('nothing').readWanted()).resolves.toBeUndefined();
    });

    it('tell of what happens to them, and to nobody else', async () => {
      start();
      const [shop, consumer]: [string[], string[]] = [[], []];
      platform.watchReplicas('shop').subscribe(tell(shop));
      platform.watchReplicas('consumer').subscribe(tell(consumer));
      await waitWatching();
      putDeployment('shop', 4);
      const newcomer = { deployment: 'shop', isForeign: true, name: `shop-${HASH}-ddddd` };
      putPod({ ...newcomer, state: { waiting: { reason: 'ContainerCreating' } } });
      putPod(newcomer);
      putPod({ ...newcomer, deletedAt: '2026-11-22T18:00:00Z' });
      server.remove(PODS, newcomer.name);
      // What has a name alike, and is another's.
      putPod({ deployment: 'shop-eu', isForeign: true, name: `shop-eu-${HASH}-fffff` });
      putDeployment('consumer', 5, 'consumer');
      await waitFor('all of it', () => shop.length >= 5 && consumer.length > 0);
      expect(shop.toSorted()).toEqual([
        'consumer 3 → 4',
        `${newcomer.name} ready`,
        `${newcomer.name} removed`,
        `${newcomer.name} starting`,
        `${newcomer.name} terminating`,
      ]);
      expect(shop.filter((line) => line.startsWith('shop'))).toEqual(
        ['starting', 'ready', 'terminating', 'removed'].map((phase) => `${newcomer.name} ${phase}`),
      );
      expect(consumer).toEqual(['consumer 2 → 5']);
    });

    it.each([40, 46, 47, 48, 57, 58, 63, 100])(
      'tell of it also when the Deployment has a name of %i letters',
      async (length) => {
        const deployment = 'd'.repeat(length);
        // As the API server makes the name.
        const name = `${`${deployment}-${HASH}-`.slice(0, 58)}zzzzz`;
        start();
        const told: string[] = [];
        platform.watchReplicas(deployment).subscribe(tell(told));
        platform.watchReplicas('shop').subscribe(tell(told));
        await waitWatching();
        putPod({ deployment, isForeign: true, name });
        await waitFor('the newcomer', () => told.length > 0);
        expect(told).toEqual([`${name} ready`]);
      },
    );

    it('tell nothing any more to those who have gone', async () => {
      start();
      const [gone, staying]: [string[], string[]] = [[], []];
      const shop = platform.watchReplicas('shop');
      const leave = shop.subscribe(tell(gone));
      shop.subscribe(tell(staying));
      await waitWatching();
      leave();
      putDeployment('shop', 4);
      putPod({ deployment: 'shop', isForeign: true, name: `shop-${HASH}-ddddd` });
      await waitFor('both', () => staying.length === 2);
      expect(gone).toEqual([]);
    });
  });

  describe('the replicas of a StatefulSet', () => {
    const putStatefulSet = (name: string, replicas: number): void =>
      server.put(STATEFUL_SETS, { metadata: { name, uid: `uid-sts-${name}` }, ...{ spec: { replicas } } });
    const ledger = { statefulSet: 'ledger', isForeign: true } as const;

    it('are its pods, with their ordinals, and what it was told to have', async () => {
      putStatefulSet('ledger', 3);
      for (const ordinal of [1, 0]) putPod({ ...ledger, name: `ledger-${String(ordinal)}` });
      putPod({ ...ledger, statefulSet: 'ledger-eu', name: 'ledger-eu-0' });
      start();
      const replicas = platform.watchReplicas('ledger');
      const listed = await replicas.list();
      expect(listed.map(({ name, ordinal, workload }) => [name, ordinal, workload])).toEqual([
        ['ledger-0', 0, 'consumer'],
        ['ledger-1', 1, 'consumer'],
      ]);
      await expect(replicas.readWanted()).resolves.toBe(3);
      await expect(replicas.findController()).resolves.toMatchObject({ kind: 'statefulset', name: 'ledger' });
    });

    it('tell of what happens to them, and of the scaling', async () => {
      putStatefulSet('ledger', 1);
      start();
      const told: string[] = [];
      platform.watchReplicas('ledger').subscribe(tell(told));
      await waitWatching();
      putStatefulSet('ledger', 2);
      putPod({ ...ledger, name: 'ledger-1' });
      putPod({ ...ledger, statefulSet: 'ledger-eu', name: 'ledger-eu-1' });
      await waitFor('both', () => told.length >= 2);
      expect(told.toSorted()).toEqual(['consumer 1 → 2', 'ledger-1 ready']);
    });
  });

  it("tells of scalings of the lab's own Deployments, and of those of no other", async () => {
    start();
    const told: string[] = [];
    platform.subscribe(tell(told));
    await waitWatching();
    putDeployment('shop', 4);
    putDeployment('consumer', 1, 'consumer');
    await waitFor('the scaling', () => told.length > 0);
    expect(told).toEqual(['consumer 2 → 1']);
  });

  describe('killing', () => {
    const TARGET = `consumer-${HASH}-aaaaa`;

    const inject = (fault: Fault): Promise<void> => {
      requireCapability(platform, 'faults');
      return platform.inject(fault);
    };

    it('is no capability without controls, as nothing is that changes anything', () => {
      start();
      expect(listCapabilities(platform)).toEqual([]);
      expect(() => inject({ kind: 'kill', target: TARGET })).toThrow('no fault is injected on the kubernetes platform');
    });

    it('is one of services with controls; nothing is rolled or drained, which its service account may not', () => {
      start({ allowControls: true });
      expect(listCapabilities(platform)).toEqual(['scale', 'faults']);
      expect(platform.faultKinds).toEqual({ producer: ['kill'], consumer: ['kill'], kafka: [], zookeeper: [] });
    });

    it('deletes the pod at once, and says so first', async () => {
      start({ allowControls: true });
      const told: string[] = [];
      platform.watchReplicas('consumer').subscribe(tell(told));
      await waitWatching();
      await inject({ kind: 'kill', target: TARGET });
      expect(others.map(({ method, path, query }) => [method, path, query.get('gracePeriodSeconds')])).toEqual([
        ['DELETE', `${PODS}/${TARGET}`, '0'],
      ]);
      expect(told).toEqual([`kill ${TARGET}`]);
    });

    it.each([
      { what: 'a broker', fault: { kind: 'kill', target: 'kafka-0' }, code: 'unsupported-by-platform' },
      { what: 'another fault', fault: { kind: 'pause', target: TARGET }, code: 'unsupported-by-platform' },
      { what: 'a pod of somebody else', fault: { kind: 'kill', target: `shop-${HASH}-ccccc` }, code: 'no-such-target' },
      { what: 'a pod of no Deployment', fault: { kind: 'kill', target: 'topics-xxxxx' }, code: 'no-such-target' },
      { what: 'nobody', fault: { kind: 'kill', target: 'nobody' }, code: 'no-such-target' },
    ] as const)('does nothing to $what', async ({ fault, code }) => {
      start({ allowControls: true });
      await waitWatching();
      await expect(inject(fault)).rejects.toMatchObject({ code });
      expect(others).toEqual([]);
    });

    it('says why the API server does not do it', async () => {
      deleteStatus = 403;
      start({ allowControls: true });
      await waitWatching();
      await expect(inject({ kind: 'kill', target: TARGET })).rejects.toMatchObject({
        code: 'process-failed',
        message: `could not delete pod ${TARGET}: so says the API server`,
      });
    });
  });

  it('knows whether the API server answers, and keeps what it knew', async () => {
    start();
    expect(platform.contact.isReachable).toBe(false);
    await waitFor('contact', () => platform.contact.isReachable);
    await waitWatching();
    server.refuse('lists', 503);
    server.dropWatches();
    await waitFor('no contact', () => !platform.contact.isReachable);
    await expect(platform.readScale('consumer')).resolves.toBe(2);
    server.refuse('lists', undefined);
    await waitFor('contact again', () => platform.contact.isReachable);
    await expect(platform.watchReplicas('shop').list()).resolves.toHaveLength(1);
  });
});
