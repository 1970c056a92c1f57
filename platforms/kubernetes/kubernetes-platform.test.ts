import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import { waitUntil } from '../wait-until.ts';
import { connectKubernetesPlatform, type KubernetesPlatform } from './kubernetes-platform.ts';
import { FAKE_CONTEXT, startFakeApiServer, type FakeApiServer, type FakeObject } from './testing/fake-api-server.ts';
import { buildPod } from './testing/pod-fixture.ts';

const PODS = '/api/v1/namespaces/kafka-lab/pods';
const SERVICES = '/api/v1/namespaces/kafka-lab/services';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/kafka-lab/deployments';
const STATEFUL_SETS = '/apis/apps/v1/namespaces/kafka-lab/statefulsets';
const LABELS = { 'app.kubernetes.io/part-of': 'kafka-lab' };

describe('connectKubernetesPlatform', () => {
  let server: FakeApiServer;
  let platform: KubernetesPlatform | undefined;
  let labels: Readonly<Record<string, string>>;

  const connect = async (): Promise<KubernetesPlatform> => {
    const { kubeconfigFile } = server;
    platform = await connectKubernetesPlatform({ context: FAKE_CONTEXT, kubeconfigFile, logger: createSilentLogger() });
    return platform;
  };
  const putService = (name: string): void => server.put(SERVICES, { metadata: { name, uid: name } });
  const buildDeployment = (replicas: number): FakeObject => ({
    metadata: { name: 'consumer', uid: 'd', ...{ labels: { ...LABELS, 'app.kubernetes.io/name': 'consumer' } } },
    ...{ spec: { replicas } },
  });

  beforeEach(async () => {
    labels = LABELS;
    server = await startFakeApiServer(({ path }, response) => {
      if (path !== '/api/v1/namespaces/kafka-lab') return false;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ metadata: { name: 'kafka-lab', labels } }));
      return true;
    });
    server.put('/api/v1/nodes', {
      metadata: { name: 'kafka-lab-worker', uid: 'n', ...{ labels: { 'topology.kubernetes.io/zone': 'zone-a' } } },
    });
    ['kafka-host-1', 'kafka', 'kafka-host-10', 'kafka-host-0'].forEach(putService);
    server.put(DEPLOYMENTS, buildDeployment(1));
    server.put(STATEFUL_SETS, { metadata: { name: 'kafka', uid: 's' } });
    for (const pod of [
      buildPod({ name: 'consumer-x-bbbbb' }),
      buildPod({ name: 'consumer-x-evicted', podPhase: 'Failed', podReason: 'Evicted' }),
      buildPod({ workload: 'producer', name: 'producer-x-aaaaa', node: '' }),
    ]) {
      server.put(PODS, pod as unknown as FakeObject);
    }
  });
  afterEach(async () => {
    await platform?.close();
    platform = undefined;
    await server.stop();
  });

  it('leaves a namespace alone that is not marked as a lab', async () => {
    labels = { 'app.kubernetes.io/part-of': 'payroll' };
    await expect(connect()).rejects.toMatchObject({
      code: 'no-such-target',
      message:
        "namespace kafka-lab of context kind-fake is not a lab's: it has no label app.kubernetes.io/part-of=kafka-lab",
    });
    labels = LABELS;
    const lab = await connect();
    labels = {};
    await expect(lab.inject({ kind: 'kill', target: 'consumer-x-bbbbb' })).rejects.toMatchObject({
      code: 'no-such-target',
    });
    for (const asked of [lab.roll('consumer'), lab.drain('kafka-lab-worker'), lab.uncordon('kafka-lab-worker')]) {
      await expect(asked).rejects.toMatchObject({ code: 'no-such-target' });
    }
    expect(server.requests.filter((made) => made.startsWith('PATCH'))).toEqual([]);
  });

  it('says that no Kafka is deployed', async () => {
    ['kafka-host-0', 'kafka-host-1', 'kafka-host-10'].forEach((name) => server.remove(SERVICES, name));
    await expect(connect()).rejects.toThrow(/has no Service kafka-host-0: no Kafka is deployed there$/);
  });

  it('knows the ports of the brokers on this machine, and opens its own for the services', async () => {
    const { addresses } = await connect();
    expect(addresses.kafka).toEqual(['127.0.0.1:9092', '127.0.0.1:9093', '127.0.0.1:9102']);
    expect(new Set([addresses.producer, addresses.consumer]).size).toBe(2);
    expect(addresses.producer).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('lists the replicas with where they run and how they are reached', async () => {
    const lab = await connect();
    const replicas = await lab.listReplicas();
    expect(replicas.map(({ name, node, zone, phase }) => ({ name, node, zone, phase }))).toEqual([
      { name: 'producer-x-aaaaa', node: 'unscheduled', zone: undefined, phase: 'ready' },
      { name: 'consumer-x-bbbbb', node: 'kafka-lab-worker', zone: 'zone-a', phase: 'ready' },
    ]);
    expect(new Set(replicas.map(({ url }) => url)).size).toBe(2);
    expect((await lab.listReplicas('consumer')).map(({ url }) => url)).toEqual([replicas[1]?.url]);
    await expect(fetch(replicas[1]?.url ?? '')).rejects.toThrow();
  });

  it('asks the API server no more for listing while its watches run', async () => {
    const lab = await connect();
    await lab.listReplicas();
    const before = server.requests.length;
    for (let n = 0; n < 20; n++) await lab.listReplicas('consumer');
    expect(server.requests.slice(before).filter((request) => !request.startsWith('WATCH'))).toEqual([]);
  });

  it('tells what is scaled and what comes and goes', async () => {
    const lab = await connect();
    const told: PlatformEvent[] = [];
    lab.subscribe((event) => void told.push(event));
    await waitUntil(() => server.requests.filter((made) => made.startsWith('WATCH')).length === 3 || undefined, {
      what: 'the watches',
      timeoutMs: 5000,
    });
    server.put(DEPLOYMENTS, buildDeployment(3));
    server.put(PODS, buildPod({ name: 'consumer-x-ccccc' }) as unknown as FakeObject);
    server.remove(PODS, 'consumer-x-ccccc');
    await waitUntil(() => told.length === 3 || undefined, { what: 'three events', timeoutMs: 5000 });
    expect(told.toSorted((a, b) => a.kind.localeCompare(b.kind))).toMatchObject([
      { kind: 'phase', from: undefined, replica: { name: 'consumer-x-ccccc', phase: 'ready', zone: 'zone-a' } },
      { kind: 'removed', replica: { name: 'consumer-x-ccccc' } },
      { kind: 'scaled', workload: 'consumer', from: 1, to: 3 },
    ]);
  });

  it('closes all that it has opened', async () => {
    const opened = await connect();
    const [replica] = await opened.listReplicas('consumer');
    await opened.close();
    for (const url of [opened.addresses.consumer, replica?.url ?? '']) {
      await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    }
    await expect(opened.close()).resolves.toBeUndefined();
  });
});
