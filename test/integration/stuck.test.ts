import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { GroupView } from '../../lib/contracts/group.ts';
import { formatLoadName } from '../../lib/contracts/load-record.ts';
import { buildTopicSpecs } from '../../lib/contracts/topics.ts';
import { createClusterConnection, type ClusterConnection } from '../../kafka/cluster-connection.ts';
import { ensureTopics } from '../../kafka/ensure-topics.ts';
import { createLogReader } from '../../kafka/log-reader.ts';
import { createReplicationInspector } from '../../kafka/replication-inspector.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { Operation } from '../../verify/checks/history.ts';
import { judge, type Judgement } from '../../verify/checks/judge.ts';
import { createLabObserver } from '../../verify/history/lab-observer.ts';
import { readPlainHistory } from '../../verify/history/read-plain-history.ts';
import { snapshotAssignment } from '../../verify/history/snapshot-assignment.ts';
import { waitBalanced } from '../../verify/scenarios/balanced-group.ts';
import { waitCaughtUp } from '../../verify/scenarios/wait-caught-up.ts';
import { runUnderLoad } from './run-under-load.ts';
import { startServices, type TestServices, type TestServicesOptions } from './start-services.ts';
import type { ScalableWorkload } from '../../lib/contracts/replica.ts';

jest.setTimeout(240_000);

const SESSION_MS = 10_000;
const BURST_RECORDS = 100_000;
const BATCH_RECORDS = 1000;
/**
 * The services' pods may use 256 MiB. Measured with this heap: a producer takes 140 MiB before a burst and 190 to 210 at
 * its peak, a consumer 105 and 135. With Node's own heap, sized for a machine with much memory, a burst leaves 350 MiB
 * behind and fifteen leave 450, most of it free: then a bound would say little about what is kept.
 */
const SMALL_HEAP = '--max-old-space-size=128 --max-semi-space-size=8';
const POD_MEMORY_MIB = 256;

describe('slow and stuck', () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  const start = async (options: TestServicesOptions): Promise<TestServices> => {
    const services = await startServices(options);
    cleanups.push(() => services.stop());
    return services;
  };
  const connect = ({ cluster }: TestServices): ClusterConnection => {
    const options = { brokers: cluster.addresses.kafka, clientId: 'test', logger: createSilentLogger() };
    const connection = createClusterConnection(options);
    cleanups.push(() => connection.disconnect());
    return connection;
  };
  /** Whatever a test finds, no broker stays paused. */
  const whilePaused = async (services: TestServices, broker: string, act: () => Promise<void>): Promise<void> => {
    await services.cluster.inject({ kind: 'pause', target: broker });
    try {
      await act();
    } finally {
      await services.cluster.inject({ kind: 'resume', target: broker });
      await waitWhole(services);
    }
  };

  it.each([0, 1, 2])('shows the group while broker %i is paused, as soon as others lead', async (ordinal) => {
    const services = await start({ consumers: 1 });
    await services.observer.inspectGroup();
    const fresh = createLabObserver({
      brokers: services.platform.addresses.kafka,
      group: services.group,
      topic: services.topic,
      logger: createSilentLogger(),
    });
    cleanups.push(() => fresh.close());
    const [consumer] = await services.platform.listReplicas('consumer');
    const get = async (path: string): Promise<number> => (await fetch(`${consumer?.url ?? ''}${path}`)).status;
    await whilePaused(services, `kafka-${String(ordinal)}`, async () => {
      const asked = Date.now();
      const answers = await Promise.all([
        services.observer.inspectGroup().then(({ state }) => state),
        fresh.inspectGroup().then(({ state }) => state),
        get('/group'),
        get('/messages'),
      ]);
      expect(answers).toEqual(['Stable', 'Stable', 200, 200]);
      expect(Date.now() - asked).toBeLessThan(15_000);
      // From now on nobody waits for the paused one.
      const askedAgain = Date.now();
      await Promise.all([services.observer.inspectGroup(), fresh.inspectGroup(), get('/group'), get('/messages')]);
      expect(Date.now() - askedAgain).toBeLessThan(2000);
    });
    expect(services.readLog(consumer?.name ?? '')).toMatch(/WARN .* 127\.0\.0\.1:\d+ did not answer/);
  });

  it('keeps a member whose records take longer than its session', async () => {
    const services = await start({
      partitions: 2,
      consumerEnvironment: { PROCESSING_DELAY_MS: '12000', SESSION_TIMEOUT_MS: String(SESSION_MS) },
    });
    const { observer } = services;
    const before = await readAssignment(services);
    expect(before.partitions).toEqual([0, 1]);
    const started = await observer.markStart();
    const runId = randomUUID().slice(0, 8);
    // Two records of each partition: 24 s of work, with a fetch loop that hears nothing meanwhile.
    const operations = await postNumbered(services, runId, ['slow-0', 'slow-1', 'slow-0', 'slow-1']);
    expect(new Set(operations.map(({ outcome }) => outcome.kind === 'ok' && outcome.partition))).toEqual(
      new Set([0, 1]),
    );
    const end = await observer.markEnd();
    await waitUntil(
      async () => {
        expect(await readAssignment(services)).toEqual(before);
        return (await observer.countLeft(end)) === 0 ? true : undefined;
      },
      { what: 'four slow records to be committed', timeoutMs: 45_000, intervalMs: 500 },
    );
    const assignments = [snapshotAssignment(await observer.readLatestGeneration(), services.topic, 1)];
    const history = await readPlainHistory(observer, { runId, start: started, end, operations, assignments });
    const tookMs = history.receipts.map((receipt) => Date.parse(receipt.finishedAt) - Date.parse(receipt.startedAt));
    expect(Math.min(...tookMs)).toBeGreaterThan(SESSION_MS);
    expect(tookMs).toHaveLength(4);
    expectPass(judge({ ...history, limits: { duplicates: 0 } }));
  });

  it('goes on without a consumer that is paused past its session, and takes it in again', async () => {
    const services = await start({ consumers: 3, consumerEnvironment: { SESSION_TIMEOUT_MS: String(SESSION_MS) } });
    const { platform, observer } = services;
    const { view } = await waitBalanced(platform, observer, 3);
    const [victim] = view.members;
    const target = victim?.clientId ?? '';
    const [before] = (await platform.listReplicas('consumer')).filter(({ name }) => name === target);
    let takenOverAfterMs = Infinity;
    let logBefore = '';
    const { judgement } = await runUnderLoad(services, 3, async () => {
      const pausedAt = Date.now();
      await platform.inject({ kind: 'pause', target });
      await waitUntil(async () => isTakenOver(await observer.inspectGroup(), victim) || undefined, {
        what: `others to own ${String(victim?.partitions)}`,
        timeoutMs: 30_000,
      });
      takenOverAfterMs = Date.now() - pausedAt;
      await delay(pausedAt + 2 * SESSION_MS - Date.now());
      logBefore = services.readLog(target);
      await platform.inject({ kind: 'resume', target });
      await waitBalanced(platform, observer, 3);
    });
    expectPass(judgement);
    expect(takenOverAfterMs).toBeLessThan(SESSION_MS + 3000);
    const [after] = (await platform.listReplicas('consumer')).filter(({ name }) => name === target);
    expect(after).toMatchObject({ phase: 'ready', restarts: 0, uid: before?.uid });
    const log = services.readLog(target);
    expect(log.startsWith(logBefore)).toBe(true);
    expect(log.slice(logBefore.length)).toContain(
      `WARN ${target} was not heard for longer than its session, so the group went on without it; it is a new member now`,
    );
  });

  it('keeps its members while their coordinator is paused, and says which broker did not answer', async () => {
    const services = await start({ consumers: 3 });
    const { platform, observer, cluster } = services;
    await waitBalanced(platform, observer, 3);
    // Every consumer has written receipts and committed before.
    await postBatch(platform.addresses.producer, buildBatch(60, 10));
    await waitCaughtUp(observer);
    const coordinator = await connect(services).run('finding the coordinator', (brokers) =>
      brokers.findGroupCoordinator({ groupId: services.group }),
    );
    const { nodeId } = coordinator;
    const address = cluster.addresses.kafka[nodeId] ?? '';
    const generation = await observer.readLatestGeneration();
    const { judgement } = await runUnderLoad(services, 3, () =>
      whilePaused(services, `kafka-${String(nodeId)}`, async () => {
        const pausedAt = Date.now();
        const naming = await waitUntil(
          async () => {
            const replicas = (await platform.listReplicas()).filter(({ name }) =>
              isNamed(services.readLog(name), address),
            );
            const workloads = new Set(replicas.map(({ workload }) => workload));
            return workloads.size === 2 ? workloads : undefined;
          },
          { what: 'a producer and a consumer to name the paused broker', timeoutMs: 30_000, intervalMs: 500 },
        );
        expect([...naming].sort()).toEqual(['consumer', 'producer']);
        await delay(pausedAt + 20_000 - Date.now());
      }),
    );
    expectPass(judgement);
    expect(await observer.readLatestGeneration()).toEqual(generation);
  });

  it('pushes a burst of 100,000 records back instead of keeping them', async () => {
    const services = await start({
      consumers: 0,
      // On starved cores a record may wait longer than usual; how many may wait is the subject here.
      producerEnvironment: { NODE_OPTIONS: SMALL_HEAP, HANDOVER_TIMEOUT_MS: '60000' },
    });
    const url = await findUrl(services, 'producer');
    const lanes = Array.from({ length: BURST_RECORDS / BATCH_RECORDS }, (_, lane) => lane);
    // Each lane has its connection before: the burst comes at once.
    await Promise.all(lanes.map(() => postBatch(url, buildBatch(1, 200))));
    const batch = buildBatch(BATCH_RECORDS, 200);
    const watch = watchMemory(url);
    const answers = await Promise.all(lanes.map(() => postBatch(url, batch)));
    expect(await watch.stop()).toBeLessThan(POD_MEMORY_MIB);
    expect([...new Set(answers.map(describeAnswer))].filter((kind) => !BURST_ANSWERS.includes(kind))).toEqual([]);
    expect(answers.map(({ codes }) => codes).flat()).toContain('queue-full');

    const places = answers.flatMap(({ stored }) => stored);
    expect(places.length).toBeGreaterThan(0);
    expect(new Set(places).size).toBe(places.length);
    const ends = await createLogReader(connect(services)).readRanges(services.topic);
    expect(ends.reduce((sum, { end }) => sum + end, 0)).toBe(lanes.length + places.length);
    expect((await postBatch(url, batch)).status).toBe(201);
  });

  it('reads a backlog of 100,000 records no faster than it processes them', async () => {
    const services = await start({
      consumers: 0,
      consumerEnvironment: { NODE_OPTIONS: SMALL_HEAP, PROCESSING_DELAY_MS: '20' },
    });
    const { platform, observer } = services;
    const producerUrl = await findUrl(services, 'producer');
    // Together more than the consumer's memory may be.
    const batch = buildBatch(500, 1800);
    const lanes = Array.from({ length: 8 }, async () => {
      for (let sent = 0; sent < BURST_RECORDS / 8; sent += 500) {
        expect((await postBatch(producerUrl, batch)).status).toBe(201);
      }
    });
    await Promise.all(lanes);
    await platform.scale('consumer', 1);
    await waitBalanced(platform, observer, 1);
    const watch = watchMemory(await findUrl(services, 'consumer'));
    const view = await waitUntil(
      async () => {
        const group = await observer.inspectGroup();
        return group.partitions.every(({ committedOffset }) => (committedOffset ?? 0) >= 300) ? group : undefined;
      },
      { what: 'each partition to be read for a while', timeoutMs: 60_000, intervalMs: 500 },
    );
    expect(await watch.stop()).toBeLessThan(POD_MEMORY_MIB);
    expect(view.lag).toBeGreaterThan(0.9 * BURST_RECORDS);
  });
});

/** What the answer to a batch may be in a burst: stored, stored in part, or pushed back with a hint when to come again. */
const BURST_ANSWERS = ['201', '207 queue-full', '503 queue-full, to be tried again'];

interface BatchAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** `partition/offset` of each record that is stored. */
  readonly stored: readonly string[];
  /** Why records are not stored. */
  readonly codes: readonly string[];
}

function buildBatch(records: number, bytes: number): string {
  const description = 'x'.repeat(bytes);
  return JSON.stringify({ messages: Array.from({ length: records }, () => ({ name: 'burst', description })) });
}

async function postBatch(url: string, body: string): Promise<BatchAnswer> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/producer/batch`, { method: 'POST', headers, body });
  const { results = [], code } = (await response.json()) as {
    results?: { outcome: string; partition?: number; offset?: number; code?: string }[];
    code?: string;
  };
  const stored = results.filter(({ outcome }) => outcome === 'stored');
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    stored: stored.map(({ partition, offset }) => `${String(partition)}/${String(offset)}`),
    codes: [...new Set([code, ...results.map((result) => result.code)].filter((one) => one !== undefined))],
  };
}

function describeAnswer({ status, retryAfter, codes }: BatchAnswer): string {
  const isHinted = retryAfter !== null && /^\d+$/.test(retryAfter);
  return [String(status), ...codes].join(' ') + (isHinted ? ', to be tried again' : '');
}

async function findUrl({ platform }: TestServices, workload: ScalableWorkload): Promise<string> {
  const [replica] = await platform.listReplicas(workload);
  return replica?.url ?? '';
}

async function readResidentMiB(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const [, bytes] = /^process_resident_memory_bytes (\S+)$/m.exec(metrics) ?? [];
  return Number(bytes) / (1024 * 1024);
}

/** Asks as often as the process answers, and gives the largest resident memory in MiB. */
function watchMemory(url: string): { stop(): Promise<number> } {
  const stopped = new AbortController();
  const watching = (async () => {
    let peak = 0;
    while (!stopped.signal.aborted) {
      peak = Math.max(peak, await readResidentMiB(url));
      await delay(50);
    }
    // Once more at the end: memory that was taken is not given back at once.
    return Math.max(peak, await readResidentMiB(url));
  })();
  return {
    stop() {
      stopped.abort();
      return watching;
    },
  };
}

interface AssignmentAnswer {
  readonly memberId: string;
  readonly generation: number;
  readonly partitions: readonly number[];
}

/** The one consumer's membership, as it knows it. */
async function readAssignment({ platform }: TestServices): Promise<AssignmentAnswer> {
  const { memberId, generation, partitions } = (await (
    await fetch(`${platform.addresses.consumer}/assignment`)
  ).json()) as AssignmentAnswer;
  return { memberId, generation, partitions };
}

/** Stores one numbered record after the other. */
async function postNumbered(
  { platform }: TestServices,
  runId: string,
  keys: readonly string[],
): Promise<readonly Operation[]> {
  const operations: Operation[] = [];
  for (const [sequence, key] of keys.entries()) {
    const response = await fetch(`${platform.addresses.producer}/producer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: formatLoadName({ runId, producer: 'driver', sequence }), key }),
    });
    expect(response.status).toBe(201);
    const { partition, offset } = (await response.json()) as { partition: number; offset: number };
    const outcome = { kind: 'ok', partition, offset } as const;
    operations.push({ producer: 'driver', sequence, key, invokedAt: Date.now(), outcome });
  }
  return operations;
}

function isTakenOver(view: GroupView, victim: GroupView['members'][number] | undefined): boolean {
  const owners = view.partitions.filter(({ partition }) => victim?.partitions.includes(partition));
  return view.state === 'Stable' && owners.every(({ owner }) => owner !== null && owner !== victim?.clientId);
}

/** Whether a log warns of a broker that did not answer. */
function isNamed(log: string, address: string): boolean {
  return log.split('\n').some((line) => line.includes('WARN') && line.includes(`${address} did not answer`));
}

/**
 * A broker that was paused past its ZooKeeper session is ready at once, because its port is open, and registers a moment
 * later: it is back when the controller gives it copies of a new topic, and when it has caught up with its old ones.
 */
async function waitWhole({ cluster, topic }: TestServices): Promise<void> {
  const options = { brokers: cluster.addresses.kafka, clientId: 'test', logger: createSilentLogger() };
  const [spec] = buildTopicSpecs({ partitions: 1, replicationFactor: 3, minInSyncReplicas: 2 });
  const inspector = createReplicationInspector(options);
  try {
    await waitUntil(
      async () => {
        if (spec) await ensureTopics(options, [{ ...spec, name: `${topic}.whole` }]);
        const inSync = await Promise.all([0, 1, 2].map((ordinal) => inspector.isInSync(ordinal)));
        const brokers = await cluster.listReplicas('kafka');
        return inSync.every(Boolean) && brokers.every(({ phase }) => phase === 'ready') ? true : undefined;
      },
      { what: 'all brokers to be back and in sync', timeoutMs: 90_000, intervalMs: 500 },
    );
  } finally {
    await inspector.close();
  }
}

function expectPass(judgement: Judgement): void {
  expect(judgement.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  expect(judgement.verdict).toBe('pass');
}
