import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DEAD_LETTER_HEADERS } from '../../lib/contracts/dead-letter.ts';
import type { ConsumedMessage } from '../../lib/contracts/consumed-message.ts';
import type { GroupView } from '../../lib/contracts/group.ts';
import { IDEMPOTENCY_KEY_HEADER } from '../../lib/contracts/message.ts';
import { createClusterConnection, type ClusterConnection } from '../../kafka/cluster-connection.ts';
import { createLogReader, type LogReader } from '../../kafka/log-reader.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';
import { createSafeProducer } from '../../kafka/producer/safe-producer.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { waitBalanced } from '../../verify/scenarios/balanced-group.ts';
import { startServices, type TestServices } from './start-services.ts';

jest.setTimeout(120_000);

describe('a message posted to the producer', () => {
  let services: TestServices;
  let connection: ClusterConnection;
  let log: LogReader;
  let consumerUrls: string[];

  beforeAll(async () => {
    services = await startServices({ consumers: 3, partitions: 2 });
    await waitBalanced(services.platform, services.observer, 3).catch(() => undefined);
    consumerUrls = (await services.platform.listReplicas('consumer')).map(({ url }) => url ?? '');
    const options = { brokers: services.platform.addresses.kafka, clientId: 'test', logger: createSilentLogger() };
    connection = createClusterConnection(options);
    log = createLogReader(connection);
  });
  afterAll(async () => {
    await connection.disconnect();
    await services.stop();
  });

  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(services.platform.addresses.producer + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const getMessages = async (url: string): Promise<readonly ConsumedMessage[]> => {
    const answer = (await (await fetch(`${url}/messages`)).json()) as { messages: ConsumedMessage[] };
    return answer.messages;
  };
  const readTopic = async (topic: string): Promise<LogRecord[]> => {
    const records = [];
    for (const { partition, start, end } of await log.readRanges(topic)) {
      for await (const record of log.readRecords(topic, partition, start, end)) records.push(record);
    }
    return records;
  };

  it('is in the next answer of every replica of the consumer', async () => {
    const response = await post('/producer', { name: 'seen by all', description: 'at once', key: 'k' });
    expect(response.status).toBe(201);
    const stored = (await response.json()) as { topic: string; partition: number; offset: number };
    expect(stored.topic).toBe(services.topic);
    for (const url of consumerUrls) {
      const found = (await getMessages(url)).find(
        ({ partition, offset }) => partition === stored.partition && offset === stored.offset,
      );
      expect(found?.message).toEqual({ name: 'seen by all', description: 'at once' });
      expect(found?.key).toBe('k');
    }
  });

  it('shows the replica that processed it, which owns its partition, in every answer', async () => {
    const stored = (await (await post('/producer', { name: 'who was it' })).json()) as {
      partition: number;
      offset: number;
    };
    const find = async (url: string) =>
      (await getMessages(url)).find(
        ({ partition, offset }) => partition === stored.partition && offset === stored.offset,
      );
    const processedBy = await waitUntil(async () => (await find(consumerUrls[0] ?? ''))?.processedBy ?? undefined, {
      what: 'the receipt',
      timeoutMs: 10_000,
    });
    const group = ((await (await fetch(`${consumerUrls[1] ?? ''}/group`)).json()) as { group: GroupView }).group;
    expect(group.partitions.find(({ partition }) => partition === stored.partition)?.owner).toBe(processedBy);
    expect((await find(consumerUrls[2] ?? ''))?.processedBy).toBe(processedBy);
  });

  it('keeps its idempotency key as a record header', async () => {
    const response = await post('/producer', { name: 'once' }, { 'idempotency-key': 'order-17' });
    const stored = (await response.json()) as { partition: number; offset: number };
    const record = (await readTopic(services.topic)).find(
      ({ partition, offset }) => partition === stored.partition && offset === stored.offset,
    );
    expect(String(record?.headers[IDEMPOTENCY_KEY_HEADER])).toBe('order-17');
  });

  it('is one of a batch, each with its own outcome, records of one key in order', async () => {
    const messages = Array.from({ length: 50 }, (_, index) => ({ name: `batch ${String(index)}`, key: 'same' }));
    const response = await post('/producer/batch', { messages });
    expect(response.status).toBe(201);
    const { results } = (await response.json()) as {
      results: { outcome: string; partition: number; offset: number }[];
    };
    expect(results).toHaveLength(50);
    const offsets = results.map(({ offset }) => offset);
    expect(new Set(results.map(({ partition }) => partition)).size).toBe(1);
    expect(offsets).toEqual(offsets.map((_, index) => (offsets[0] ?? 0) + index));
  });

  it('is refused with every problem named when it is not in shape', async () => {
    const response = await post('/producer', { nam: 'x', description: 7 });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as { code: string; errors: { path: string }[] };
    expect(problem.code).toBe('invalid-request');
    expect(JSON.stringify(problem.errors)).toMatch(/name.*description|description.*name/);
  });

  it('streams to those who listen', async () => {
    const gone = new AbortController();
    const response = await fetch(`${consumerUrls[0] ?? ''}/messages/stream`, { signal: gone.signal });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const posting = post('/producer', { name: 'live' });
    let text = '';
    await waitUntil(
      async () => {
        const { value } = await reader.read();
        text += Buffer.from(value ?? []).toString('utf8');
        return text.includes('"name":"live"') && text.includes('event: processed') ? true : undefined;
      },
      { what: 'the events', timeoutMs: 10_000, intervalMs: 1 },
    );
    expect(text).toMatch(/event: message\ndata: .*"name":"live"/);
    expect((await posting).status).toBe(201);
    gone.abort();
  });

  it('that is none goes to the dead letters with its place and reason, and blocks nobody', async () => {
    const producer = createSafeProducer({
      brokers: services.platform.addresses.kafka,
      clientId: 'foreign',
      topic: services.topic,
      handoverTimeoutMs: 10_000,
      confirmTimeoutMs: 10_000,
      maxRecords: 10,
      logger: createSilentLogger(),
    });
    const bad = ['not json', '{"name":7}', '{"name":"x","more":1}', Buffer.from([0xff, 0x00, 0xfe])];
    const stored = [];
    for (const value of bad) stored.push(await producer.send({ key: 'poison', value, partition: 1 }));
    const empty = await producer.send({ key: 'poison', value: null, partition: 1 });
    const good = await producer.send({ key: 'poison', value: '{"name":"behind the poison"}', partition: 1 });
    await producer.stop(1000);
    await waitUntil(
      async () => {
        const view = await services.observer.inspectGroup();
        return (view.partitions[1]?.committedOffset ?? 0) > good.offset ? true : undefined;
      },
      { what: 'the partition to go on', timeoutMs: 15_000 },
    );
    const letters = await readTopic(`${services.topic}.dead-letters`);
    const header = (record: LogRecord, name: string): string => String(record.headers[name]);
    expect(letters.map((letter) => Number(header(letter, DEAD_LETTER_HEADERS.offset)))).toEqual(
      [...stored, empty].map(({ offset }) => offset),
    );
    expect(letters.map((letter) => header(letter, DEAD_LETTER_HEADERS.partition))).toEqual(
      bad.concat('').map(() => '1'),
    );
    expect(letters.map((letter) => header(letter, DEAD_LETTER_HEADERS.topic))[0]).toBe(services.topic);
    expect(letters.map((letter) => header(letter, DEAD_LETTER_HEADERS.reason))[0]).toBe('the value is not JSON');
    expect(letters[3]?.value).toEqual(bad[3]);
  });

  it('finds an idle replica that says so, in its log and in the group', async () => {
    const group = ((await (await fetch(`${consumerUrls[0] ?? ''}/group`)).json()) as { group: GroupView }).group;
    expect(group.members).toHaveLength(3);
    expect(group.idle).toHaveLength(1);
    expect(group.explanation).toContain('idle by design');
    expect(services.readLog(group.idle[0] ?? '')).toContain('is idle: the group has more members than partitions');
    const idle = (await services.platform.listReplicas('consumer')).find(({ name }) => name === group.idle[0]);
    const assignment: unknown = await (await fetch(`${idle?.url ?? ''}/assignment`)).json();
    expect(assignment).toMatchObject({ replica: group.idle[0], phase: 'member', partitions: [] });
    expect((await fetch(`${idle?.url ?? ''}/health/ready`)).status).toBe(200);
  });

  it('runs in numbers as a load that can be watched and ended', async () => {
    const started = await post('/load', { id: 'l1', ratePerSecond: 100, keys: 5, durationSeconds: 60 });
    expect(started.status).toBe(201);
    expect((await post('/load', {})).status).toBe(409);
    const url = `${services.platform.addresses.producer}/load`;
    const read = async () => (await (await fetch(url)).json()) as { acknowledged: number; sent: number; state: string };
    await waitUntil(async () => ((await read()).acknowledged >= 50 ? true : undefined), {
      what: 'the load',
      timeoutMs: 10_000,
    });
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
    const ended = await waitUntil(async () => ((await read()).state === 'ended' ? read() : undefined), {
      what: 'the end of the load',
      timeoutMs: 10_000,
    });
    expect(ended.acknowledged).toBe(ended.sent);
  });
});
