/** What foreign clients put into the log, and what disks do to it: read, stepped over, or held alone. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { existsSync, openSync, readFileSync, writeSync, closeSync } from 'node:fs';
import path from 'node:path';
import { createListSink } from '../../verify/history/evidence.ts';
import { createKafka } from '../../kafka/create-kafka.ts';
import { readBatchLength } from '../../kafka/records/batch-header.ts';
import { computeCrc32c } from '../../kafka/records/crc32c.ts';
import { startGroupWatch } from '../../live/group-watch.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { startServices, type TestServices } from './start-services.ts';
import { CLUSTER_DIR } from './test-cluster.ts';

jest.setTimeout(180_000);

const BROKERS = [0, 1, 2];
const logger = createSilentLogger();

/** Sends batches, each by itself, and ends a transaction where one is asked for. */
async function produce(
  services: TestServices,
  batches: readonly (readonly string[])[],
  { partition, end }: { partition: number; end?: 'commit' | 'abort' },
): Promise<void> {
  const kafka = createKafka({ brokers: services.platform.addresses.kafka, clientId: 'foreign', logger });
  const isTransactional = end !== undefined;
  const producer = kafka.producer(
    isTransactional
      ? { transactionalId: `t-${randomUUID()}`, maxInFlightRequests: 1, idempotent: true, retry: { retries: 20 } }
      : {},
  );
  await producer.connect();
  const to = isTransactional ? await producer.transaction() : producer;
  for (const names of batches) {
    await to.send({
      topic: services.topic,
      acks: -1,
      messages: names.map((name) => ({ partition, value: JSON.stringify({ name }) })),
    });
  }
  if ('commit' in to) await to[end ?? 'commit']();
  await producer.disconnect();
}

/** Changes a stored batch on every broker, as a disk or a client of its own ways would have it. */
function changeStored(services: TestServices, partition: number, index: number, change: (batch: Buffer) => void): void {
  for (const broker of BROKERS) {
    const folder = path.join(CLUSTER_DIR, 'data', `kafka-${broker}`, `${services.topic}-${partition}`);
    const file = path.join(folder, `${'0'.repeat(20)}.log`);
    if (!existsSync(file)) throw new Error(`${file} is not there`);
    const bytes = readFileSync(file);
    let at = 0;
    for (let batch = 0; batch < index; batch += 1) at += readBatchLength(bytes, at) ?? 0;
    const batch = bytes.subarray(at, at + (readBatchLength(bytes, at) ?? 0));
    change(batch);
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, batch, 0, batch.length, at);
    closeSync(descriptor);
  }
}

/** As an operator does who gives records up. */
async function deleteRecords(services: TestServices, partitions: readonly { partition: number; before: number }[]) {
  const admin = createKafka({ brokers: services.platform.addresses.kafka, clientId: 'foreign', logger }).admin();
  await admin.connect();
  // kafkajs looks for the leaders in metadata that it has not asked for.
  await admin.fetchTopicOffsets(services.topic);
  await admin.deleteTopicRecords({
    topic: services.topic,
    partitions: partitions.map(({ partition, before }) => ({ partition, offset: String(before) })),
  });
  await admin.disconnect();
}

async function ask<T>(services: TestServices, what: string): Promise<T> {
  const response = await fetch(`${services.platform.addresses.consumer}${what}`);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

const waitForPositions = (services: TestServices, expected: readonly (number | null)[]) =>
  waitUntil(
    async () => {
      const { partitions } = await services.observer.inspectGroup();
      const positions = partitions.map(({ committedOffset }) => committedOffset);
      if (JSON.stringify(positions) !== JSON.stringify(expected)) throw new Error(`at ${positions.join()}`);
      return partitions;
    },
    { what: `the group to commit ${expected.join()}`, timeoutMs: 60_000 },
  );

describe('transactions of others', () => {
  let services: TestServices;
  beforeAll(async () => (services = await startServices({ partitions: 2 })));
  afterAll(() => services.stop());

  it('leave no lag, and what was aborted is never there', async () => {
    await produce(services, [['kept 1'], ['kept 2']], { partition: 0, end: 'commit' });
    await produce(services, [['never 1'], ['never 2']], { partition: 0, end: 'abort' });
    await produce(services, [['never 3']], { partition: 1, end: 'abort' });
    const partitions = await waitForPositions(services, [6, 2]);
    expect(partitions.map(({ lag }) => lag)).toEqual([0, 0]);
    const { messages } = await ask<{ messages: { message: { name: string } | null }[] }>(services, '/messages');
    expect(messages.map(({ message }) => message?.name)).toEqual(['kept 1', 'kept 2']);
  });
});

describe('a batch that cannot be read', () => {
  let services: TestServices;
  const unknownCodec = (batch: Buffer): void => {
    batch.writeInt16BE(batch.readInt16BE(21) | 5, 21);
    batch.writeUInt32BE(computeCrc32c(batch, 21), 17);
  };
  const damage = (batch: Buffer): void =>
    void batch.writeUInt8(batch.readUInt8(batch.length - 3) ^ 1, batch.length - 3);

  beforeAll(async () => {
    services = await startServices({ partitions: 3 });
    await services.platform.scale('consumer', 0);
    for (const partition of [0, 1, 2]) {
      await produce(services, [[`first of ${partition}`], ['second'], ['third']], { partition });
    }
    changeStored(services, 0, 1, damage);
    changeStored(services, 1, 1, unknownCodec);
    await services.platform.scale('consumer', 1);
  });
  afterAll(() => services.stop());

  it('holds its partition alone, and is named with its offset', async () => {
    await waitForPositions(services, [1, 1, 3]);
    const { held } = await ask<{ held: { partition: number; reason: string }[] }>(services, '/assignment');
    expect(held.sort((a, b) => a.partition - b.partition)).toEqual([
      {
        partition: 0,
        offset: 1,
        reason: expect.stringMatching(/^offset 1 cannot be read: it is damaged: its checksum is /),
      },
      {
        partition: 1,
        offset: 1,
        reason: expect.stringMatching(/^offset 1 cannot be read: it is compressed by a codec .* 5$/),
      },
    ]);
    const { detail } = await ask<{ detail: string }>(services, '/health/ready');
    expect(detail).toMatch(/partition 0 waits: offset 1 cannot be read/);
    const metrics = await fetch(`${services.platform.addresses.consumer}/metrics`);
    expect(await metrics.text()).toContain('kafka_lab_consumer_held_partitions 2');
  });

  it('is named by the newest messages, which the other partitions answer', async () => {
    const answer = await ask<{
      messages: { partition: number }[];
      unreadable: { partition: number; offset: number }[];
    }>(services, '/messages');
    expect(answer.messages.filter(({ partition }) => partition === 2)).toHaveLength(3);
    expect(answer.unreadable.map(({ partition, offset }) => [partition, offset]).sort()).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  it('is named by the page, which asks the log and not the consumer', async () => {
    const watch = startGroupWatch({
      groupId: services.group,
      topic: services.topic,
      deployment: 'consumer',
      connection: services.observer.connection,
      replicas: {
        list: () => services.platform.listReplicas('consumer'),
        readWanted: () => Promise.resolve(1),
        subscribe: () => () => undefined,
      },
      scaleDownOrder: 'newest',
      logger,
    });
    try {
      const explanation = await waitUntil(
        () => watch.snapshot().explanations.find(({ rule }) => rule === 'unreadable'),
        { what: 'the page to say it', timeoutMs: 30_000 },
      );
      expect(explanation.sentence).toMatch(
        /waits at offset 1, which cannot be read: it is .* \(and so it is with 1 other\)/,
      );
    } finally {
      await watch.stop();
    }
  });

  it('costs no membership, and the log says it once', async () => {
    await produce(services, [['goes on']], { partition: 2 });
    await waitForPositions(services, [1, 1, 4]);
    // Long enough for the batch to be tried again.
    await new Promise((resolve) => setTimeout(resolve, 7000));
    const name = (await services.platform.listReplicas('consumer'))[0]?.name ?? '';
    const lines = services.readLog(name).split('\n');
    expect(lines.filter((line) => line.includes('partition 0 of') && line.includes('waits: offset 1'))).toHaveLength(1);
    expect(lines.filter((line) => /crashed|made anew|gives its partitions up/.test(line))).toEqual([]);
  });

  it('leaves evidence that says where the log could not be read', async () => {
    const start = { log: [], ledger: [], deadLetters: [], group: 0 };
    const { sink, lists } = createListSink();
    const end = await services.observer.markEnd();
    const { logRange } = await services.observer.readEvidence({ start, end }, sink);
    expect(logRange.map(({ partition, unreadable }) => [partition, unreadable?.offset])).toEqual([
      [0, 1],
      [1, 1],
      [2, undefined],
    ]);
    expect(lists.log.filter(({ partition }) => partition === 2)).toHaveLength(4);
  });

  it('is passed when somebody has deleted it', async () => {
    await deleteRecords(services, [
      { partition: 0, before: 2 },
      { partition: 1, before: 2 },
    ]);
    expect((await waitForPositions(services, [3, 3, 4])).map(({ lag }) => lag)).toEqual([0, 0, 0]);
    await waitUntil(
      async () => (await ask<{ held: unknown[] }>(services, '/assignment')).held.length === 0 || undefined,
      {
        what: 'nothing to be held',
        timeoutMs: 10_000,
      },
    );
  });
});

describe('an offset that is not in the log any more', () => {
  let services: TestServices;
  beforeAll(async () => (services = await startServices({ partitions: 1 })));
  afterAll(() => services.stop());

  it('is replaced by where the log begins, also when nothing is left to read', async () => {
    await produce(services, [['one'], ['two']], { partition: 0 });
    await waitForPositions(services, [2]);
    await services.platform.scale('consumer', 0);
    await produce(services, [['three']], { partition: 0 });
    await deleteRecords(services, [{ partition: 0, before: 3 }]);
    await services.platform.scale('consumer', 1);
    expect(await waitForPositions(services, [3])).toMatchObject([{ lag: 0, logEndOffset: 3 }]);
  });
});
