import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { parseReceipt } from '../../lib/contracts/receipt.ts';
import { buildTopicSpecs } from '../../lib/contracts/topics.ts';
import { createClusterConnection } from '../../kafka/cluster-connection.ts';
import { ensureTopics, raisePartitions } from '../../kafka/ensure-topics.ts';
import { createLogReader } from '../../kafka/log-reader.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { connectLocalPlatform } from '../../platforms/local/connect-local-platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { waitBalanced } from '../../verify/scenarios/balanced-group.ts';
import { waitCaughtUp } from '../../verify/scenarios/wait-caught-up.ts';
import { driveLoad } from '../../verify/workload/drive-load.ts';
import { startServices, type TestServices } from './start-services.ts';
import { CLUSTER_DIR } from './test-cluster.ts';

jest.setTimeout(120_000);

const buildSpecs = (name: string, partitions: number) =>
  buildTopicSpecs({ partitions, replicationFactor: 3, minInSyncReplicas: 2 }).map((spec) => ({
    ...spec,
    name: spec.name.replace(/^app/, name),
  }));

describe('ensureTopics', () => {
  const name = `e-${randomUUID().slice(0, 8)}`;
  const ensure = async (partitions: number) => {
    const { kafka } = (await connectLocalPlatform(CLUSTER_DIR)).addresses;
    return ensureTopics(
      { brokers: kafka, clientId: 'test', logger: createSilentLogger() },
      buildSpecs(name, partitions),
    );
  };

  it('creates what is missing, once, also when several ask at the same time', async () => {
    const answers = await Promise.all([ensure(2), ensure(2), ensure(2)]);
    const created = answers.flat().filter(({ change }) => change === 'created');
    expect(created.map(({ topic }) => topic).sort()).toEqual([name, `${name}.dead-letters`, `${name}.receipts`]);
    expect((await ensure(2)).map(({ change }) => change)).toEqual(['none', 'none', 'none']);
  });

  it('raises partitions', async () => {
    expect(await ensure(3)).toEqual([
      { topic: `${name}.receipts`, change: 'partitions-raised' },
      { topic: `${name}.dead-letters`, change: 'none' },
      { topic: name, change: 'partitions-raised' },
    ]);
  });

  it('refuses to lower them, and says why', async () => {
    // A broker that has yet to hear of the raise finds two, and nothing to do.
    const refusal = await waitUntil(
      () =>
        ensure(2).then(
          () => undefined,
          (error: unknown) => error,
        ),
      {
        what: 'every broker to know of the raise',
        timeoutMs: 10_000,
      },
    );
    expect(refusal).toMatchObject({
      code: 'topic-mismatch',
      message: `topic ${name}.receipts has 3 partitions and 2 are wanted: partitions can be raised, never lowered`,
    });
  });
});

describe('partitions raised while everything runs', () => {
  let services: TestServices;
  beforeAll(async () => {
    services = await startServices({ partitions: 2, consumers: 2 });
    await waitBalanced(services.platform, services.observer, 2);
  });
  afterAll(() => services.stop());

  it('are given to the members, written to, and read from their beginning', async () => {
    const { addresses } = services.platform;
    await ensureTopics(
      { brokers: addresses.kafka, clientId: 'test', logger: createSilentLogger() },
      buildSpecs(services.topic, 4),
    );
    const seen = new Set<number>();
    await waitUntil(
      async () => {
        const response = await fetch(`${addresses.producer}/producer`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'anywhere' }),
        });
        expect(response.status).toBe(201);
        seen.add(((await response.json()) as { partition: number }).partition);
        return seen.size === 4 ? true : undefined;
      },
      { what: 'all partitions to be written to', timeoutMs: 40_000, intervalMs: 200 },
    );
    const view = await waitUntil(
      async () => {
        const group = await services.observer.inspectGroup();
        const isRead = group.partitions.every(
          ({ owner, lag, committedOffset }) => owner !== null && lag === 0 && committedOffset,
        );
        return group.partitions.length === 4 && isRead ? group : undefined;
      },
      { what: 'all partitions to be owned and read', timeoutMs: 40_000 },
    );
    expect(view.members.map(({ partitions }) => partitions.length)).toEqual([2, 2]);
  });
});

describe('a topic that is raised alone, under load', () => {
  let services: TestServices;
  beforeAll(async () => {
    services = await startServices({ partitions: 2, consumers: 2 });
    await waitBalanced(services.platform, services.observer, 2);
  });
  afterAll(() => services.stop());

  it('has its ledger raised by the consumers, and nothing waits or is lost', async () => {
    const { topic, observer, platform } = services;
    const options = { brokers: platform.addresses.kafka, clientId: 'test', logger: createSilentLogger() };
    const before = (await observer.readLatestGeneration())?.generation ?? 0;
    const url = platform.addresses.producer;
    const load = driveLoad({ url, runId: topic, ratePerSecond: 100, keys: 40 });
    try {
      await raisePartitions(options, topic, 4);
      // Members and producers look for new partitions every 15 s.
      await waitUntil(
        async () => {
          const { partitions } = await observer.inspectGroup();
          const isCommitted = partitions.every(({ committedOffset }) => (committedOffset ?? 0) > 0);
          return partitions.length === 4 && isCommitted ? true : undefined;
        },
        { what: 'all partitions to be written to and committed', timeoutMs: 60_000 },
      );
    } finally {
      await load.stop();
    }
    await waitCaughtUp(observer);
    const connection = createClusterConnection(options);
    const log = createLogReader(connection);
    const ranges = await log.readRanges(topic);
    const processed = await Promise.all(
      (await log.readRanges(`${topic}.receipts`)).map(async ({ partition, end }) => {
        let records = 0;
        for await (const { value } of log.readRecords(`${topic}.receipts`, partition, 0, end)) {
          const parsed = parseReceipt(value);
          if ('receipt' in parsed) records += parsed.receipt.to - parsed.receipt.from + 1;
        }
        return records;
      }),
    );
    await connection.disconnect();
    expect(processed).toEqual(ranges.map(({ end }) => end));
    expect(processed).toHaveLength(4);
    const after = (await observer.readLatestGeneration())?.generation ?? 0;
    expect(after - before).toBeLessThanOrEqual(3);
  });
});
