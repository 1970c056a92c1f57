import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Controller, WatchedControllers } from './controllers.ts';
import { scaleController } from './scale-controller.ts';
import { startFakeApiServer, type FakeApiServer, type FakeRequest } from './testing/fake-api-server.ts';

const SCALE = /^\/apis\/apps\/v1\/namespaces\/lab\/(deployments|statefulsets)\/consumer\/scale$/;

function build(
  workload: 'consumer' | 'producer',
  replicas: number,
  kind: Controller['kind'] = 'deployment',
): Controller {
  return { kind, name: workload, workload, replicas };
}

describe('scaleController', () => {
  let server: FakeApiServer;
  let asked: FakeRequest[];

  beforeEach(async () => {
    asked = [];
    server = await startFakeApiServer((request, response) => {
      if (!SCALE.test(request.path)) return false;
      asked.push(request);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{}');
      return true;
    });
  });
  afterEach(() => server.stop());

  const scale = async (workload: 'consumer' | 'producer', replicas: number, kind?: Controller['kind']) => {
    let seen: ((controller: Controller) => boolean) | undefined;
    const controllers: Pick<WatchedControllers, 'list' | 'waitFor'> = {
      list: () => (kind === undefined ? [] : [build(workload, 1, kind)]),
      waitFor(condition) {
        seen = condition;
        return Promise.resolve(true);
      },
    };
    await scaleController({ client: server.client, namespace: 'lab', controllers }, workload, replicas);
    return seen;
  };

  it.each([
    { kind: 'deployment', path: 'deployments' },
    { kind: 'statefulset', path: 'statefulsets' },
  ] as const)(
    'patches the scale of a $kind and nothing else, and waits until its watch has seen it',
    async ({ kind, path }) => {
      const isSeen = await scale('consumer', 3, kind);
      expect(asked.map(({ method }) => method)).toEqual(['PATCH']);
      expect(asked[0]?.path).toBe(`/apis/apps/v1/namespaces/lab/${path}/consumer/scale`);
      expect(asked[0]?.headers['content-type']).toBe('application/merge-patch+json');
      expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ spec: { replicas: 3 } });
      expect([build('producer', 3), build('consumer', 1)].some((one) => isSeen?.(one))).toBe(false);
      expect(isSeen?.(build('consumer', 3))).toBe(true);
    },
  );

  it.each([-1, 1.5, 51, Number.NaN])('refuses %d replicas without asking anybody', async (replicas) => {
    await expect(scale('consumer', replicas)).rejects.toMatchObject({
      code: 'invalid-request',
      message: `consumer cannot have ${String(replicas)} replicas here: it takes 0 to 50`,
    });
    expect(asked).toEqual([]);
  });

  it('says that the service is not deployed', async () => {
    await expect(scale('producer', 1)).rejects.toMatchObject({ code: 'no-such-target' });
  });
});
