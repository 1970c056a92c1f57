import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../platforms/wait-until.ts';
import { waitBalanced } from '../../verify/scenarios/balanced-group.ts';
import { runUnderLoad } from './run-under-load.ts';
import { startServices, type TestServices } from './start-services.ts';

jest.setTimeout(120_000);

describe('static members', () => {
  let services: TestServices;
  afterEach(() => services.stop());

  it('come back under their id within the session: nothing moves, and the group does not rebalance', async () => {
    services = await startServices({ consumers: 3, consumerEnvironment: { GROUP_INSTANCE_ID: '$(POD_NAME)' } });
    const { platform, observer } = services;
    await waitBalanced(platform, observer, 3);
    const before = await observer.readLatestGeneration();
    const victim = `${services.topic}-consumer-2`;
    const { judgement } = await runUnderLoad(services, 3, async () => {
      // Once without a word, and once as a rollout ends it.
      for (const kind of ['kill', 'stop'] as const) {
        await platform.inject({ kind, target: victim });
        if (kind === 'stop') await platform.inject({ kind: 'start', target: victim });
        await waitUntil(
          async () =>
            (await platform.listReplicas('consumer')).every(({ phase }) => phase === 'ready') ? true : undefined,
          { what: `${victim} to be ready again`, timeoutMs: 30_000 },
        );
      }
    });
    const after = await observer.readLatestGeneration();
    expect(judgement.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    expect(before?.members.map(({ groupInstanceId }) => groupInstanceId).sort()).toEqual(
      [1, 2, 3].map((ordinal) => `${services.topic}-consumer-${String(ordinal)}`),
    );
    expect(after?.generation).toBe(before?.generation);
    const ownership = (members: typeof before) =>
      members?.members.map(({ groupInstanceId, partitions }) => [groupInstanceId, partitions]).sort();
    expect(ownership(after)).toEqual(ownership(before));
  });

  it('are fenced by a second process under their id: the first ends with one line', async () => {
    services = await startServices({ consumers: 1, consumerEnvironment: { GROUP_INSTANCE_ID: 'the-only-one' } });
    await services.platform.scale('consumer', 2);
    const line = /is fenced: another process has joined group .* as its static member the-only-one/;
    await waitUntil(
      () =>
        Promise.resolve(
          [1, 2].some((n) => line.test(services.readLog(`${services.topic}-consumer-${String(n)}`))) || undefined,
        ),
      { what: 'one of the two to be fenced', timeoutMs: 30_000 },
    );
    await delay(500);
    const { members } = await services.observer.inspectGroup();
    expect(members.length).toBeLessThanOrEqual(1);
  });
});
