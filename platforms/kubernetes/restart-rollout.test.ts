import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { V1StatefulSet } from '@kubernetes/client-node';
import type { Replica, ServiceVariables, Workload } from '../../lib/contracts/replica.ts';
import type { Controller } from './controllers.ts';
import { explainRollout, restartRollout } from './restart-rollout.ts';
import { startFakeApiServer, type FakeApiServer, type FakeRequest } from './testing/fake-api-server.ts';

interface Facts {
  readonly generation?: number;
  readonly replicas?: number;
  readonly paused?: boolean;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** A rollout of three replicas that is complete, unless told otherwise. */
function buildRollout({ generation = 2, replicas = 3, paused, status = {} }: Facts = {}): V1StatefulSet {
  const rollout = {
    metadata: { name: 'kafka', generation },
    spec: { replicas, ...(paused !== undefined && { paused }) },
    status: {
      observedGeneration: 2,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      currentRevision: 'kafka-b',
      updateRevision: 'kafka-b',
      ...status,
    },
  };
  return rollout as unknown as V1StatefulSet;
}

function buildReplica(name: string, uid: string, phase: Replica['phase'] = 'ready'): Replica {
  return {
    ...{ name, uid, phase, workload: 'kafka', ordinal: undefined, node: 'n', zone: undefined },
    ...{ startedAt: undefined, restarts: 0, url: undefined },
  };
}

describe('restartRollout', () => {
  let server: FakeApiServer;
  let asked: FakeRequest[];
  /** What the API server and the watch of the pods tell, from one look to the next; the last stays so. */
  let rollouts: V1StatefulSet[];
  let listings: (readonly Replica[])[];
  let controllers: readonly Controller[];

  const next = <T>(items: T[]): T | undefined => (items.length > 1 ? items.shift() : items[0]);
  const roll = (workload: Workload, timeoutMs = 5000, variables?: ServiceVariables): Promise<void> =>
    restartRollout(
      {
        client: server.client,
        namespace: 'lab',
        controllers: { list: () => controllers },
        listReplicas: () => Promise.resolve(next(listings) ?? []),
        timing: { timeoutMs, lookMs: 2 },
      },
      workload,
      variables,
    );

  beforeEach(async () => {
    asked = [];
    controllers = [];
    rollouts = [buildRollout({ replicas: 1, status: { replicas: 1 } })];
    listings = [[buildReplica('old', '1')], [buildReplica('new', '2')]];
    server = await startFakeApiServer((request, response) => {
      if (
        !/^\/apis\/apps\/v1\/namespaces\/lab\/(deployments\/consumer|statefulsets\/(consumer|kafka))$/.test(
          request.path,
        )
      ) {
        return false;
      }
      asked.push(request);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(request.method === 'GET' ? next(rollouts) : {}));
      return true;
    });
  });
  afterEach(() => server.stop());

  it.each([
    { workload: 'consumer', kind: 'deployment', path: '/apis/apps/v1/namespaces/lab/deployments/consumer' },
    { workload: 'consumer', kind: 'statefulset', path: '/apis/apps/v1/namespaces/lab/statefulsets/consumer' },
    { workload: 'kafka', kind: 'statefulset', path: '/apis/apps/v1/namespaces/lab/statefulsets/kafka' },
  ] as const)('changes an annotation of the pods of $path, as kubectl does', async ({ workload, kind, path }) => {
    controllers = [{ kind, name: workload, workload, replicas: 1 }];
    await roll(workload);
    const patches = asked.filter(({ method }) => method === 'PATCH');
    expect(patches.map((patch) => patch.path)).toEqual([path]);
    expect(patches[0]?.headers['content-type']).toBe('application/strategic-merge-patch+json');
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown;
    expect(JSON.parse(patches[0]?.body ?? '')).toEqual({
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } } },
    });
  });

  it('sets and takes away variables in the same change, which is one rollout', async () => {
    await roll('consumer', 5000, { ASSIGNOR: 'sticky', OTHER: null });
    const patches = asked.filter(({ method }) => method === 'PATCH').map(({ body }) => JSON.parse(body) as unknown);
    const env = [
      { name: 'ASSIGNOR', value: 'sticky' },
      { name: 'OTHER', $patch: 'delete' },
    ];
    expect(patches).toEqual([
      {
        spec: {
          template: { metadata: expect.anything() as unknown, spec: { containers: [{ name: 'consumer', env }] } },
        },
      },
    ]);
  });

  it('sets none of brokers', async () => {
    await expect(roll('kafka', 5000, { HEAP: '1g' })).rejects.toMatchObject({ code: 'invalid-request' });
    expect(asked.filter(({ method }) => method === 'PATCH')).toEqual([]);
  });

  it('waits for the controller, and then until no old pod is left and all are ready', async () => {
    rollouts = [
      buildRollout({ generation: 3 }),
      buildRollout({ generation: 2, replicas: 1, status: { updatedReplicas: 0, availableReplicas: 1 } }),
      buildRollout({ generation: 2, replicas: 1, status: { replicas: 1 } }),
    ];
    listings = [
      [buildReplica('old', '1')],
      [buildReplica('old', '1', 'terminating'), buildReplica('new', '2')],
      [buildReplica('new', '2', 'starting')],
      [],
      [buildReplica('new', '2')],
    ];
    await roll('kafka');
    expect(listings).toHaveLength(1);
    expect(rollouts).toHaveLength(1);
  });

  it('gives up after a while, and says what is missing', async () => {
    rollouts = [buildRollout({ status: { updatedReplicas: 1, availableReplicas: 2 } })];
    await expect(roll('kafka', 30)).rejects.toMatchObject({
      code: 'timed-out',
      message: 'waited 0 s for every replica of kafka to be replaced: 1 of 3 replaced, 2 of 3 ready',
    });
    rollouts = [buildRollout({ replicas: 1, status: { replicas: 1 } })];
    listings = [[buildReplica('kafka-0', '1', 'terminating')]];
    await expect(roll('kafka', 30)).rejects.toThrow(/: kafka-0 is an old one, terminating$/);
  });

  it('does not wait for a Deployment that is paused, or is not there', async () => {
    rollouts = [buildRollout({ paused: true })];
    await expect(roll('consumer')).rejects.toMatchObject({ code: 'conflict' });
    await expect(roll('producer')).rejects.toMatchObject({ code: 'no-such-target' });
  });
});

describe('explainRollout', () => {
  it.each([
    { what: 'is complete', facts: {}, missing: undefined },
    { what: 'has nothing to replace', facts: { replicas: 0, status: { replicas: 0, updatedReplicas: 0 } } },
    { what: 'was not seen', facts: { generation: 3 }, missing: 'its controller has not seen it yet' },
    {
      what: 'has just begun',
      facts: { status: { updatedReplicas: undefined } },
      missing: '0 of 3 replaced, 3 of 3 ready',
    },
    { what: 'surges', facts: { status: { replicas: 4 } }, missing: '1 of the old ones left' },
    { what: 'is not ready', facts: { status: { availableReplicas: 2 } }, missing: 'all replaced, 2 of 3 ready' },
    {
      what: 'is of a revision that is not current',
      facts: { status: { currentRevision: 'kafka-a' } },
      missing: 'the new revision is not the current one yet',
    },
  ])('says what is missing of one that $what', ({ facts, missing }) => {
    expect(explainRollout(buildRollout(facts))).toBe(missing);
  });
});
