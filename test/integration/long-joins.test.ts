import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../platforms/wait-until.ts';
import { createRawMember, encodeSubscription, type RawMember } from './raw-member.ts';
import { startServices, type TestServices } from './start-services.ts';
import { CLUSTER_DIR } from './test-cluster.ts';

jest.setTimeout(180_000);

/** So short that a member with Java's five minutes has the others wait for longer. */
const REBALANCE_TIMEOUT_MS = '6000';

describe('a group that does not take a member soon', () => {
  let services: TestServices;
  let raw: RawMember | undefined;

  const startRaw = (assignor: string, metadata = encodeSubscription(services.topic)): RawMember =>
    (raw = createRawMember({
      brokers: services.platform.addresses.kafka,
      groupId: services.group,
      assignor,
      metadata,
    }));

  const readHealth = async (replica: string, kind: 'ready' | 'live') => {
    const found = (await services.platform.listReplicas('consumer')).find(({ name }) => name === replica);
    const response = await fetch(`${found?.url ?? ''}/health/${kind}`);
    return { status: response.status, detail: ((await response.json()) as { detail?: string }).detail ?? '' };
  };

  const waitReady = (replica: string, status: number, detail = /^/) =>
    waitUntil(
      async () => {
        const health = await readHealth(replica, 'ready');
        if (health.status !== status || !detail.test(health.detail)) throw new Error(JSON.stringify(health));
        return health;
      },
      { what: `${replica} to answer ${String(status)}`, timeoutMs: 45_000 },
    );

  const describeGroup = async () => {
    const { state, members } = await services.observer.inspectGroup();
    return { state, members: members.map(({ clientId }) => clientId).sort() };
  };

  const nameOf = (ordinal: number): string => `${services.topic}-consumer-${String(ordinal)}`;

  beforeEach(async () => {
    services = await startServices({ consumers: 1, consumerEnvironment: { REBALANCE_TIMEOUT_MS } });
  });
  afterEach(async () => {
    await raw?.leave();
    raw = undefined;
    await services.stop();
  });

  it('is waited for under one id, said, and left by those who are told to end meanwhile', async () => {
    const slow = startRaw('kafka-lab-sticky');
    await slow.join();
    slow.keepAlive();
    await services.platform.scale('consumer', 2);
    await Promise.all([1, 2].map((ordinal) => waitReady(nameOf(ordinal), 503, /rebalancing for .* s, longer than/)));
    await delay(10_000);
    const waiting = await describeGroup();
    expect(waiting).toEqual({ state: 'PreparingRebalance', members: ['raw-member', nameOf(1), nameOf(2)] });
    expect((await readHealth(nameOf(1), 'live')).status).toBe(200);
    expect(services.readLog(nameOf(1)).match(/cannot join/g)).toHaveLength(1);

    const endingAt = Date.now();
    await services.platform.scale('consumer', 1);
    await waitUntil(async () => ((await services.platform.listReplicas('consumer')).length === 1 ? true : undefined), {
      what: 'the second consumer to end',
      timeoutMs: 15_000,
    });
    expect(Date.now() - endingAt).toBeLessThan(8000);
    expect((await describeGroup()).members).toEqual(['raw-member', nameOf(1)]);

    await slow.join();
    await waitReady(nameOf(1), 200);
    expect(await describeGroup()).toEqual({ state: 'Stable', members: ['raw-member', nameOf(1)] });
  });

  it('says which assignor its members use, asks less and less often, and takes it when they have gone', async () => {
    await services.platform.scale('consumer', 0);
    await waitUntil(async () => ((await describeGroup()).state === 'Empty' ? true : undefined), {
      what: 'the group to be empty',
      timeoutMs: 20_000,
    });
    const foreign = startRaw('range');
    await foreign.join();
    foreign.keepAlive();
    await services.platform.scale('consumer', 1);
    const [own = ''] = (await services.platform.listReplicas('consumer')).map(({ name }) => name);
    await waitReady(
      own,
      503,
      /\(raw-member\) use the assignor range, and this consumer offers cooperative-sticky, kafka-lab-sticky/,
    );
    await delay(5000);
    expect(services.readLog(own).match(/cannot join/g)).toHaveLength(1);
    expect(services.readLog(own)).not.toMatch(/crashed|could not run/);
    await foreign.leave();
    await waitReady(own, 200);
  });

  it('says what to do when the coordinator fails over a member, and goes on with the next coordinator', async () => {
    const malformed = startRaw('kafka-lab-sticky', Buffer.from('0000ffffffff', 'hex'));
    void malformed.join().catch(() => undefined);
    await waitReady(nameOf(1), 503, /has failed over a member: .* restart the broker/);
    expect((await readHealth(nameOf(1), 'live')).status).toBe(200);
    const { coordinator } = await services.observer.inspectGroup();
    const said = readFileSync(path.join(CLUSTER_DIR, 'logs', `kafka-${String(coordinator)}.log`), 'utf8');
    expect(said).toMatch(/Unexpected error handling request RequestHeader\(apiKey=JOIN_GROUP, /);
    await services.cluster.inject({ kind: 'kill', target: `kafka-${String(coordinator)}` });
    await waitReady(nameOf(1), 200);
    // The next test begins with all brokers.
    await waitUntil(
      async () => {
        const ready = (await services.cluster.listReplicas('kafka')).filter(({ phase }) => phase === 'ready');
        return ready.length === 3 ? true : undefined;
      },
      { what: 'all brokers', timeoutMs: 60_000 },
    );
  });
});
