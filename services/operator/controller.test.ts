import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ClusterConnection } from '../../kafka/cluster-connection.ts';
import type { BrokerInternals, ClusterInternals } from '../../kafka/kafkajs/internals.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { startInClusterPlatform, type InClusterPlatform } from '../../platforms/kubernetes/in-cluster-platform.ts';
import {
  startFakeApiServer,
  type FakeApiServer,
  type FakeObject,
} from '../../platforms/kubernetes/testing/fake-api-server.ts';
import { buildPod } from '../../platforms/kubernetes/testing/pod-fixture.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { ConsumerGroupStatus } from './consumer-group.ts';
import { startController, type Controller } from './controller.ts';
import { createOperatorMetrics, type OperatorMetrics } from './operator-metrics.ts';

jest.setTimeout(60_000);

const GROUPS = '/apis/groups.kafka-lab.dev/v1alpha1/namespaces/lab/consumergroups';
const PODS = '/api/v1/namespaces/lab/pods';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/lab/deployments';
const STATEFUL_SETS = '/apis/apps/v1/namespaces/lab/statefulsets';
const SPEC = { groupId: 'app', topic: 'app', deployment: 'consumer' };

/** Brokers that know of empty groups only, and note which ones they are asked for. */
function createFakeConnection(asked: Map<string, number>, isAway: () => boolean): ClusterConnection {
  const coordinator: Pick<BrokerInternals, 'nodeId' | 'describeGroups' | 'offsetFetch'> = {
    nodeId: 1,
    describeGroups: ({ groupIds }) => {
      for (const groupId of groupIds) asked.set(groupId, (asked.get(groupId) ?? 0) + 1);
      const groups = groupIds.map((groupId) => ({
        errorCode: 0,
        groupId,
        state: 'Empty',
        protocolType: '',
        protocol: '',
        members: [],
      }));
      return Promise.resolve({ groups });
    },
    offsetFetch: () => Promise.resolve({ responses: [] }),
  };
  const cluster: Partial<ClusterInternals> = {
    findGroupCoordinator: () => Promise.resolve(coordinator as BrokerInternals),
    targetTopics: new Set(),
    // A coordinator that has written nothing down yet.
    addMultipleTargetTopics: ([topic]) =>
      topic === '__consumer_offsets'
        ? Promise.reject(Object.assign(new Error('no such topic'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' }))
        : Promise.resolve(),
    refreshMetadataIfNecessary: () => Promise.resolve(),
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1, replicas: [1], isr: [1] }],
    fetchTopicsOffset: ([wanted]) =>
      Promise.resolve([{ topic: wanted?.topic ?? '', partitions: [{ partition: 0, offset: '0' }] }]),
  };
  return {
    run: async (doing, call) => {
      if (isAway()) throw new Error(`${doing}: Kafka is away`);
      return call(cluster as ClusterInternals);
    },
    report: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
  };
}

describe('startController', () => {
  let server: FakeApiServer;
  let platform: InClusterPlatform;
  let metrics: OperatorMetrics;
  let controller: Controller;
  let statuses: { name: string; uid: string; status: ConsumerGroupStatus }[];
  let warnings: string[];
  let asked: Map<string, number>;
  let isKafkaAway: boolean;
  let refusedObjects: Set<string>;
  let changes: number;
  /** The API server says nothing of the nodes before, and until then no pod can be described. */
  let nodesAreTold: PromiseWithResolvers<undefined>;

  const putGroup = (name: string, spec: object, facts: { uid?: string; generation?: number; status?: object } = {}) =>
    server.put(GROUPS, {
      metadata: {
        name,
        uid: facts.uid ?? `uid-${name}`,
        ...{ namespace: 'lab', generation: facts.generation ?? 1 },
      },
      ...{ spec, status: facts.status },
    });
  const start = (): Controller => {
    const logger: Logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: (message: unknown) => void warnings.push(String(message)),
      error: (message: unknown) => void warnings.push(String(message)),
    };
    platform = startInClusterPlatform({
      namespace: 'lab',
      kafka: [],
      zookeeper: [],
      allowControls: false,
      logger,
      client: server.client,
    });
    controller = startController({
      namespace: 'lab',
      platform,
      connection: createFakeConnection(asked, () => isKafkaAway),
      metrics,
      logger,
      onGroups: () => (changes += 1),
    });
    return controller;
  };
  const countLists = (): number => server.requests.filter((made) => made === `GET ${GROUPS}`).length;
  const waitFor = (what: string, isSo: () => boolean): Promise<true> =>
    waitUntil(() => isSo() || undefined, { what, timeoutMs: 30_000, intervalMs: 10 });
  const statusesOf = (name: string) => statuses.filter((written) => written.name === name).map(({ status }) => status);
  const waitStatus = (name: string, count = 1): Promise<true> =>
    waitFor(`status ${String(count)} of ${name}`, () => statusesOf(name).length >= count);
  const readMetric = async (name: string): Promise<Record<string, number>> => {
    const values = (await metrics.registry.getSingleMetric(name)?.get())?.values ?? [];
    return Object.fromEntries(values.map(({ labels, value }) => [labels['result'] ?? '', value]));
  };

  beforeEach(async () => {
    statuses = [];
    warnings = [];
    asked = new Map();
    isKafkaAway = false;
    refusedObjects = new Set();
    changes = 0;
    nodesAreTold = Promise.withResolvers();
    nodesAreTold.resolve(undefined);
    metrics = createOperatorMetrics({
      listGroups: () => [...controller.groups.values()].map((watch) => watch.snapshot()),
      isKafkaReachable: () => !isKafkaAway,
      readQueueDepth: () => controller.queueDepth,
    });
    server = await startFakeApiServer(({ method, path, body }, response) => {
      if (path === '/api/v1/nodes') {
        void nodesAreTold.promise.then(() => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end('{"items":[]}');
        });
        return true;
      }
      const name = /consumergroups\/(.*)\/status$/.exec(path)?.[1];
      if (method !== 'PATCH' || name === undefined) return false;
      const isRefused = refusedObjects.has(name);
      if (!isRefused) {
        const { metadata, status } = JSON.parse(body) as { metadata: { uid: string }; status: ConsumerGroupStatus };
        statuses.push({ name, uid: metadata.uid, status });
      }
      response.writeHead(isRefused ? 500 : 200, { 'content-type': 'application/json' });
      response.end(isRefused ? '{"message":"not now"}' : body);
      return true;
    });
    server.put(DEPLOYMENTS, { metadata: { name: 'consumer', uid: 'd' }, ...{ spec: { replicas: 1 } } });
    server.put(STATEFUL_SETS, { metadata: { name: 'kafka', uid: 's' } });
    server.put(PODS, buildPod({ deployment: 'consumer' }) as unknown as FakeObject);
    putGroup('app', SPEC);
  });
  afterEach(async () => {
    await controller.stop();
    await platform.close();
    await server.stop();
  });

  it('watches the groups there are, and writes their status', async () => {
    putGroup('orders', { ...SPEC, groupId: 'orders' });
    start();
    await Promise.all([waitStatus('app'), waitStatus('orders')]);
    expect([...controller.groups.keys()].toSorted()).toEqual(['app', 'orders']);
    expect(controller.groups.get('orders')?.group.groupId).toBe('orders');
    expect(changes).toBe(2);
    expect(await readMetric('kafka_lab_operator_reconciles_total')).toMatchObject({ success: expect.any(Number) });
    expect(warnings).toEqual([]);
  });

  it('says nothing of a group before its pods are known: who reads it would believe that they have gone', async () => {
    nodesAreTold = Promise.withResolvers();
    start();
    await waitFor('Kafka to be asked', () => (asked.get('app') ?? 0) > 1);
    expect(statuses).toEqual([]);
    nodesAreTold.resolve(undefined);
    await waitStatus('app');
    expect(statusesOf('app')[0]).toMatchObject({
      observedGeneration: 1,
      state: 'Empty',
      partitions: 1,
      pods: [{ name: 'consumer-5b45f56f77-khf4s', phase: 'ready' }],
    });
  });

  it('watches what is added, and no more what is removed', async () => {
    start();
    await waitStatus('app');
    putGroup('orders', { ...SPEC, groupId: 'orders' });
    await waitStatus('orders');
    const watch = controller.groups.get('orders');
    server.remove(GROUPS, 'orders');
    await waitFor('it to be gone', () => !controller.groups.has('orders'));
    expect(changes).toBe(3);
    const before = asked.get('orders');
    const others = asked.get('app') ?? 0;
    await waitFor('the other to be asked for', () => (asked.get('app') ?? 0) > others + 3);
    // One question may have been under way.
    expect(asked.get('orders') ?? 0).toBeLessThanOrEqual((before ?? 0) + 1);
    expect(watch?.snapshot().groupId).toBe('orders');
  });

  it('begins anew when the spec has changed, and only then', async () => {
    start();
    await waitStatus('app');
    const watch = controller.groups.get('app');
    putGroup('app', SPEC, { generation: 2 });
    await waitFor('the other generation', () =>
      statusesOf('app').some(({ observedGeneration }) => observedGeneration === 2),
    );
    expect(controller.groups.get('app')).toBe(watch);
    putGroup('app', { ...SPEC, topic: 'orders' }, { generation: 3 });
    await waitFor('the other topic', () => controller.groups.get('app')?.snapshot().topic === 'orders');
    await waitFor('its status', () => statusesOf('app').some(({ observedGeneration }) => observedGeneration === 3));
    expect(controller.groups.size).toBe(1);
  });

  it('begins anew for an object that took the name of another', async () => {
    start();
    await waitStatus('app');
    const watch = controller.groups.get('app');
    server.remove(GROUPS, 'app');
    putGroup('app', SPEC, { uid: 'another' });
    await waitFor('another watch', () => ![undefined, watch].includes(controller.groups.get('app')));
    await expect(waitFor('its status', () => statuses.at(-1)?.uid === 'another')).resolves.toBe(true);
  });

  it('tells of an object that it does not understand, and goes on with the others', async () => {
    putGroup('wrong', { groupId: 'wrong' });
    start();
    await waitFor('the complaint', () => warnings.some((line) => line.startsWith('wrong is reconciled again in ')));
    await waitStatus('app');
    expect([...controller.groups.keys()]).toEqual(['app']);
    expect(warnings.join()).toContain('topic');
    expect(await readMetric('kafka_lab_operator_reconciles_total')).toMatchObject({ error: expect.any(Number) });
    // It is the object that is wrong, and not the API server.
    expect(await readMetric('kafka_lab_operator_api_errors_total')).toEqual({ '': 0 });
    putGroup('wrong', { ...SPEC, groupId: 'right' }, { generation: 2 });
    await waitStatus('wrong');
  });

  it('tries again a status that the API server did not take, and lets no other wait for it', async () => {
    refusedObjects.add('app');
    putGroup('orders', { ...SPEC, groupId: 'orders' });
    start();
    await waitFor('the complaint', () => warnings.some((line) => /^app is reconciled again.*not now/.test(line)));
    await waitStatus('orders');
    expect(statusesOf('app')).toEqual([]);
    expect((await readMetric('kafka_lab_operator_api_errors_total'))['']).toBeGreaterThan(0);
    refusedObjects.clear();
    await waitStatus('app');
  });

  it('leaves a status alone that another operator has written, while it knows nothing', async () => {
    isKafkaAway = true;
    start();
    await waitFor('it to be watched', () => controller.groups.has('app'));
    await waitFor('some reconciliations', () => (asked.get('app') ?? 0) === 0 && changes === 1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(statuses).toEqual([]);
    isKafkaAway = false;
    await waitStatus('app');
    expect(statusesOf('app')[0]?.state).toBe('Empty');
  });

  it('knows whether the objects were listed, also when there is none and the API server has gone since', async () => {
    server.remove(GROUPS, 'app');
    server.refuse('lists', 503);
    start();
    expect(controller.hasListed).toBe(false);
    await waitFor('a list', () => server.requests.includes(`GET ${GROUPS}`));
    expect(controller.hasListed).toBe(false);
    server.refuse('lists', undefined);
    await waitFor('the list', () => controller.hasListed);
    await waitFor('the watch', () => server.requests.includes(`WATCH ${GROUPS}`));
    server.refuse('lists', 503);
    server.dropWatches();
    const lists = countLists();
    await waitFor('two lists that were refused', () => countLists() > lists + 2);
    expect(controller.hasListed).toBe(true);
    server.refuse('lists', undefined);
  });

  it('finds the groups soon when the API server comes late', async () => {
    server.refuse('lists', 503);
    start();
    await waitFor('two lists', () => countLists() > 1);
    server.refuse('lists', undefined);
    const startedAt = performance.now();
    await waitFor('the group', () => controller.groups.has('app'));
    // All is looked at anew every ten seconds.
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('ends with nothing left behind', async () => {
    start();
    await waitStatus('app');
    await controller.stop();
    expect(controller.groups.size).toBe(0);
    expect(controller.queueDepth).toBe(0);
    const questions = asked.get('app');
    putGroup('orders', { ...SPEC, groupId: 'orders' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked.get('app')).toBe(questions);
    expect(controller.groups.size).toBe(0);
  });
});
