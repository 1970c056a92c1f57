import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import type { V1Pod } from '@kubernetes/client-node';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import { drainNode, uncordonNode } from './drain-node.ts';
import {
  startFakeApiServer,
  type FakeApiServer,
  type FakeObject,
  type FakeRequest,
} from './testing/fake-api-server.ts';
import { buildPod, type PodFixture } from './testing/pod-fixture.ts';

const NODE = 'kafka-lab-worker';
const PODS = '/api/v1/namespaces/lab/pods';
const FOREIGN_PODS = '/api/v1/namespaces/payroll/pods';
const BUDGET = "Cannot evict pod as it would violate the pod's disruption budget.";

interface Eviction {
  readonly pod: string;
  readonly body: unknown;
}

describe('drainNode', () => {
  let server: FakeApiServer;
  let patches: FakeRequest[];
  let evictions: Eviction[];
  let told: string[];
  /** What the API server answers to an eviction of a pod, one after the other; in the end it takes it. */
  let refusals: Map<string, number[]>;
  /** Whether a pod that is evicted is gone at once. */
  let isQuick: boolean;

  const send = (response: ServerResponse, status: number, body: object): true => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
    return true;
  };
  const answer = (request: FakeRequest, response: ServerResponse): boolean => {
    const { method, path, body } = request;
    if (method === 'PATCH' && path === `/api/v1/nodes/${NODE}`) {
      patches.push(request);
      return send(response, 200, { metadata: { name: NODE } });
    }
    const pod = new RegExp(`^${PODS}/(.+)/eviction$`).exec(path)?.[1];
    if (method !== 'POST' || pod === undefined) return false;
    evictions.push({ pod, body: JSON.parse(body) });
    const refusal = refusals.get(pod)?.shift();
    if (refusal !== undefined) return send(response, refusal, { kind: 'Status', message: BUDGET });
    if (isQuick) server.remove(PODS, pod);
    return send(response, 201, { kind: 'Status', status: 'Success' });
  };
  const put = (fixture: PodFixture, extra?: (pod: V1Pod) => void): void => {
    const pod = buildPod(fixture);
    extra?.(pod);
    server.put(PODS, pod as unknown as FakeObject);
  };
  const own = (kind: string) => (pod: V1Pod) => {
    const [owner] = pod.metadata?.ownerReferences ?? [];
    if (owner !== undefined) owner.kind = kind;
  };
  const buildOptions = (timeoutMs: number) => ({
    client: server.client,
    namespace: 'lab',
    emit: (event: PlatformEvent) =>
      void told.push(event.kind === 'node' ? `${event.action} ${event.node}` : event.kind),
    timing: { timeoutMs, lookMs: 5 },
  });

  beforeEach(async () => {
    patches = [];
    evictions = [];
    told = [];
    refusals = new Map();
    isQuick = true;
    server = await startFakeApiServer(answer);
    put({ name: 'consumer-x-aaaaa' });
    put({ name: 'kafka-0', workload: 'kafka', owner: 'StatefulSet' });
    put({ name: 'kafka-1', workload: 'kafka', owner: 'StatefulSet', node: 'kafka-lab-worker2' });
  });
  afterEach(() => server.stop());

  it('cordons the node first, and evicts what is on it, that very pod', async () => {
    await drainNode(buildOptions(5000), NODE);
    expect(patches.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ spec: { unschedulable: true } }]);
    expect(patches[0]?.headers['content-type']).toBe('application/strategic-merge-patch+json');
    expect(server.requests[0]).toBe(`PATCH /api/v1/nodes/${NODE}`);
    expect(evictions.map(({ pod }) => pod).toSorted()).toEqual(['consumer-x-aaaaa', 'kafka-0']);
    expect(evictions.find(({ pod }) => pod === 'kafka-0')?.body).toEqual({
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'kafka-0', namespace: 'lab' },
      deleteOptions: { preconditions: { uid: 'uid-of-kafka-0' } },
    });
    expect(told).toEqual([`cordoned ${NODE}`, `drained ${NODE}`]);
  });

  it('evicts also what is no workload of the lab’s own', async () => {
    put({ name: 'kafdrop-x-bbbbb', isForeign: true });
    await drainNode(buildOptions(5000), NODE);
    expect(evictions.map(({ pod }) => pod)).toContain('kafdrop-x-bbbbb');
  });

  it('leaves alone what belongs to the node, what has ended, and every other namespace', async () => {
    put({ name: 'agent-aaaaa' }, own('DaemonSet'));
    put({ name: 'static-kafka-lab-worker' }, own('Node'));
    put({ name: 'topics-aaaaa', podPhase: 'Succeeded' }, own('Job'));
    put({ name: 'consumer-x-evicted', podPhase: 'Failed', podReason: 'Evicted' });
    server.put(FOREIGN_PODS, buildPod({ name: 'payroll-1' }) as unknown as FakeObject);
    await drainNode(buildOptions(5000), NODE);
    expect(evictions.map(({ pod }) => pod).toSorted()).toEqual(['consumer-x-aaaaa', 'kafka-0']);
    expect(server.requests.filter((request) => request.includes('payroll'))).toEqual([]);
  });

  it('asks again while a disruption budget refuses', async () => {
    refusals.set('kafka-0', [429, 429, 429]);
    await drainNode(buildOptions(5000), NODE);
    expect(evictions.filter(({ pod }) => pod === 'kafka-0')).toHaveLength(4);
    expect(told.at(-1)).toBe(`drained ${NODE}`);
  });

  it('takes a pod that is gone, or another by now, for gone', async () => {
    refusals.set('kafka-0', [404]).set('consumer-x-aaaaa', [409]);
    await drainNode(buildOptions(5000), NODE);
    expect(told.at(-1)).toBe(`drained ${NODE}`);
  });

  it('waits until a pod that ends is gone, and does not evict it again', async () => {
    isQuick = false;
    put({ name: 'consumer-x-aaaaa', deletedAt: '2026-11-22T18:00:00Z' });
    server.remove(PODS, 'kafka-0');
    const drained = drainNode(buildOptions(5000), NODE);
    setTimeout(() => server.remove(PODS, 'consumer-x-aaaaa'), 50);
    await drained;
    expect(evictions).toEqual([]);
  });

  it('gives up after a while, says who is left and why, and how the node takes pods again', async () => {
    refusals.set('kafka-0', Array<number>(1000).fill(429));
    await expect(drainNode(buildOptions(1500), NODE)).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringMatching(
        new RegExp(
          `^waited [12] s for the pods of namespace lab to leave node ${NODE}: could not evict kafka-0: ${BUDGET}; ` +
            `the node stays cordoned until \`kubectl --context kind-fake uncordon ${NODE}\`$`,
        ),
      ) as unknown,
    });
    expect(told).toEqual([`cordoned ${NODE}`]);
  });

  it('gives up at once when asking again does not help', async () => {
    refusals.set('kafka-0', [403, 403]);
    await expect(drainNode(buildOptions(5000), NODE)).rejects.toMatchObject({
      code: 'process-failed',
      message: expect.stringContaining(`kubectl --context kind-fake uncordon ${NODE}`) as unknown,
    });
    expect(evictions.filter(({ pod }) => pod === 'kafka-0')).toHaveLength(1);
  });

  it('says that there is no such node, and has done nothing', async () => {
    await expect(drainNode(buildOptions(5000), 'nowhere')).rejects.toMatchObject({
      code: 'no-such-target',
      message: expect.stringMatching(/^could not cordon node nowhere/) as unknown,
    });
    expect({ evictions, told }).toEqual({ evictions: [], told: [] });
  });

  it('is taken back', async () => {
    await uncordonNode(buildOptions(5000), NODE);
    expect(patches.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ spec: { unschedulable: false } }]);
    expect(told).toEqual([`uncordoned ${NODE}`]);
  });
});
