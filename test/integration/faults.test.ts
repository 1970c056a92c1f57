import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { Workload } from '../../lib/contracts/replica.ts';
import { waitBalanced } from '../../verify/scenarios/balanced-group.ts';
import type { Judgement } from '../../verify/checks/judge.ts';
import { runUnderLoad } from './run-under-load.ts';
import { startServices, type TestServices } from './start-services.ts';

jest.setTimeout(240_000);

describe('under load, nothing acknowledged is lost', () => {
  let services: TestServices;
  beforeEach(async () => {
    services = await startServices({ consumers: 3 });
    await waitBalanced(services.platform, services.observer, 3);
  });
  afterEach(() => services.stop());

  it('when a consumer is killed: its pod comes back as a new member, the ghost expires', async () => {
    const [victim] = await services.platform.listReplicas('consumer');
    const { judgement, outcomes } = await runUnderLoad(services, 3, async () => {
      await services.platform.inject({ kind: 'kill', target: victim?.name ?? '' });
      await delay(3000);
    });
    expectPass(judgement);
    expect(outcomes['ok']).toBeGreaterThan(100);
    expect((await services.platform.listReplicas('consumer')).find(({ name }) => name === victim?.name)).toMatchObject({
      phase: 'ready',
      restarts: 1,
    });
  });

  it('when a consumer is paused past its session: it is fenced, and takes part again', async () => {
    const [victim] = await services.platform.listReplicas('consumer');
    const target = victim?.name ?? '';
    const { judgement } = await runUnderLoad(services, 3, async () => {
      await services.platform.inject({ kind: 'pause', target });
      await delay(14_000);
      await services.platform.inject({ kind: 'resume', target });
    });
    expectPass(judgement);
  });

  it.each([0, 1, 2])('when broker %i is killed, whether it leads, coordinates or controls', async (ordinal) => {
    const { judgement, outcomes } = await runUnderLoad(services, 3, async () => {
      await services.cluster.inject({ kind: 'kill', target: `kafka-${String(ordinal)}` });
      await waitReady(services, 'kafka', 3);
    });
    expectPass(judgement);
    expect(outcomes['ok']).toBeGreaterThan(100);
  });

  it('when a broker is paused, so that its connections stay open and nobody answers', async () => {
    const { judgement, outcomes } = await runUnderLoad(services, 3, async () => {
      await services.cluster.inject({ kind: 'pause', target: 'kafka-1' });
      await delay(20_000);
      await services.cluster.inject({ kind: 'resume', target: 'kafka-1' });
      await waitReady(services, 'kafka', 3);
    });
    expectPass(judgement);
    expect(outcomes['ok']).toBeGreaterThan(100);
  });

  it('when a ZooKeeper server is killed', async () => {
    const { judgement, outcomes } = await runUnderLoad(services, 3, async () => {
      await services.cluster.inject({ kind: 'kill', target: 'zookeeper-1' });
      await waitReady(services, 'zookeeper', 3);
    });
    expectPass(judgement);
    // The data path does not depend on it: nothing fails at all.
    expect(Object.keys(outcomes)).toEqual(['ok']);
  });

  it('when the consumers are scaled', async () => {
    const { judgement } = await runUnderLoad(services, 2, async () => {
      for (const replicas of [7, 1, 2]) {
        await services.platform.scale('consumer', replicas);
        await waitBalanced(services.platform, services.observer, replicas);
      }
    });
    expectPass(judgement);
    const repeated = judgement.checks.find(({ name }) => name === 'duplicates')?.measurements['repeatedProcessings'];
    expect(repeated).toBe(0);
  });

  it('when all of Kafka is stopped and comes back: 503 meanwhile, and by itself again afterwards', async () => {
    const brokers = [0, 1, 2].map((ordinal) => `kafka-${String(ordinal)}`);
    const { judgement, outcomes } = await runUnderLoad(services, 3, async () => {
      await Promise.all(brokers.map((target) => services.cluster.inject({ kind: 'stop', target })));
      const asked = Date.now();
      const response = await post(services, { name: 'while Kafka is down' });
      expect(Date.now() - asked).toBeLessThan(8000);
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await response.json()).toMatchObject({ code: 'kafka-unavailable', status: 503 });
      await Promise.all(brokers.map((target) => services.cluster.inject({ kind: 'start', target })));
      await waitReady(services, 'kafka', 3);
      await waitUntil(async () => ((await post(services, { name: 'again' })).status === 201 ? true : undefined), {
        what: 'the producer to store again',
        timeoutMs: 60_000,
      });
    });
    expectPass(judgement);
    expect(outcomes['fail']).toBeGreaterThan(0);
  });
});

function expectPass(judgement: Judgement): void {
  const notPassed = judgement.checks.filter(({ verdict }) => verdict !== 'pass');
  expect(notPassed).toEqual([]);
  expect(judgement.verdict).toBe('pass');
}

function post(services: TestServices, body: object): Promise<Response> {
  return fetch(`${services.platform.addresses.producer}/producer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function waitReady(services: TestServices, workload: Workload, count: number): Promise<void> {
  await waitUntil(
    async () => {
      const replicas = await services.cluster.listReplicas(workload);
      return replicas.filter(({ phase }) => phase === 'ready').length === count ? true : undefined;
    },
    { what: `${String(count)} ready replicas of ${workload}`, timeoutMs: 90_000 },
  );
}
