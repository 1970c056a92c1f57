import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { V1Deployment } from '@kubernetes/client-node';
import { readScaling, scaleDeployment } from './deployment-scale.ts';
import { startFakeApiServer, type FakeApiServer, type FakeRequest } from './testing/fake-api-server.ts';
import type { WatchedResource } from './watch-resource.ts';

function buildDeployment(workload: string, replicas: number | undefined): V1Deployment {
  const deployment = { metadata: { labels: { 'app.kubernetes.io/name': workload } }, spec: { replicas } };
  return deployment as unknown as V1Deployment;
}

describe('scaleDeployment', () => {
  let server: FakeApiServer;
  let asked: FakeRequest[];

  beforeEach(async () => {
    asked = [];
    server = await startFakeApiServer((request, response) => {
      if (request.path !== '/apis/apps/v1/namespaces/lab/deployments/consumer/scale') return false;
      asked.push(request);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{}');
      return true;
    });
  });
  afterEach(() => server.stop());

  const scale = async (workload: 'consumer' | 'producer', replicas: number) => {
    let seen: ((items: readonly V1Deployment[]) => boolean) | undefined;
    const deployments = {
      waitFor: (condition: (items: readonly V1Deployment[]) => boolean) => {
        seen = condition;
        return Promise.resolve(true);
      },
    } as unknown as WatchedResource<V1Deployment>;
    await scaleDeployment({ client: server.client, namespace: 'lab', deployments }, workload, replicas);
    return seen;
  };

  it('patches the scale and nothing else, and waits until its watch has seen it', async () => {
    const isSeen = await scale('consumer', 3);
    expect(asked[0]?.method).toBe('PATCH');
    expect(asked[0]?.headers['content-type']).toBe('application/merge-patch+json');
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ spec: { replicas: 3 } });
    expect(isSeen?.([buildDeployment('producer', 3), buildDeployment('consumer', 1)])).toBe(false);
    expect(isSeen?.([buildDeployment('consumer', 3)])).toBe(true);
  });

  it.each([-1, 1.5, 51, Number.NaN])('refuses %d replicas without asking anybody', async (replicas) => {
    await expect(scale('consumer', replicas)).rejects.toMatchObject({
      code: 'invalid-request',
      message: `consumer cannot have ${String(replicas)} replicas here: it takes 0 to 50`,
    });
    expect(asked).toEqual([]);
  });

  it('says that there is no such deployment', async () => {
    await expect(scale('producer', 1)).rejects.toMatchObject({ code: 'no-such-target' });
  });
});

describe('readScaling', () => {
  it('tells from how many to how many, whoever changed it', () => {
    const change = {
      kind: 'changed',
      before: buildDeployment('consumer', undefined),
      object: buildDeployment('consumer', 4),
    } as const;
    expect(readScaling(change)).toMatchObject({ kind: 'scaled', workload: 'consumer', from: 1, to: 4 });
  });

  it.each([
    {
      what: 'a change of something else',
      before: buildDeployment('consumer', 2),
      object: buildDeployment('consumer', 2),
    },
    {
      what: 'a deployment of no workload',
      before: buildDeployment('kafdrop', 1),
      object: buildDeployment('kafdrop', 2),
    },
  ])('tells nothing of $what', ({ before, object }) => {
    expect(readScaling({ kind: 'changed', before, object })).toBeUndefined();
  });

  it('tells nothing of a deployment that is new or gone', () => {
    expect(readScaling({ kind: 'added', object: buildDeployment('consumer', 2) })).toBeUndefined();
    expect(readScaling({ kind: 'removed', object: buildDeployment('consumer', 2) })).toBeUndefined();
  });
});
