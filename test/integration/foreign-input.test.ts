/** What other people's clients put into records, requests and groups, on real brokers: nothing of it costs an answer. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ConfigResourceTypes } from 'kafkajs';
import type { ConsumedMessage } from '../../lib/contracts/consumed-message.ts';
import type { GroupView } from '../../lib/contracts/group.ts';
import { createKafka } from '../../kafka/create-kafka.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { createRawMember } from './raw-member.ts';
import { startServices, type TestServices } from './start-services.ts';

jest.setTimeout(120_000);

/** kafkajs is imported as a value in one room only. */
const TOPIC_RESOURCE = 2 as unknown as ConfigResourceTypes;
const GARBAGE_MEMBERS = 30;

describe('what is foreign', () => {
  let services: TestServices;
  beforeAll(async () => (services = await startServices({ partitions: 2 })));
  afterAll(() => services.stop());

  const connect = () =>
    createKafka({ brokers: services.platform.addresses.kafka, clientId: 'foreign', logger: createSilentLogger() });
  const produce = async (messages: { key?: Buffer; value: Buffer | string; timestamp?: string }[]): Promise<void> => {
    const producer = connect().producer();
    await producer.connect();
    await producer.send({
      topic: services.topic,
      acks: -1,
      messages: messages.map((message) => ({ ...message, partition: 0 })),
    });
    await producer.disconnect();
  };
  const readMessages = async (): Promise<ConsumedMessage[]> => {
    const response = await fetch(`${services.platform.addresses.consumer}/messages`);
    expect(response.status).toBe(200);
    return ((await response.json()) as { messages: ConsumedMessage[] }).messages;
  };
  const post = (body: string | Uint8Array<ArrayBuffer>): Promise<Response> =>
    fetch(`${services.platform.addresses.producer}/producer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });

  it('times in nanoseconds and microseconds are shown as none, in the place of their records', async () => {
    const now = Date.now();
    await produce([
      { value: '{"name":"milliseconds"}', timestamp: String(now) },
      { value: '{"name":"nanoseconds"}', timestamp: `${String(now)}000000` },
      { value: '{"name":"microseconds"}', timestamp: `${String(now)}000` },
    ]);
    const messages = await readMessages();
    expect(messages.map(({ message, storedAt }) => [message?.name, storedAt])).toEqual([
      ['milliseconds', new Date(now).toISOString()],
      ['nanoseconds', null],
      ['microseconds', null],
    ]);
  });

  it('keys that are no UTF-8 stay two', async () => {
    await produce([
      { key: Buffer.from('fffe0001', 'hex'), value: '{"name":"one"}' },
      { key: Buffer.from('feff0001', 'hex'), value: '{"name":"other"}' },
    ]);
    const keys = (await readMessages()).slice(-2).map(({ keyBase64 }) => keyBase64);
    expect(keys).toEqual(
      [Buffer.from('fffe0001', 'hex'), Buffer.from('feff0001', 'hex')].map((b) => b.toString('base64')),
    );
  });

  it('bytes that are no UTF-8 are no message, from Kafka as by HTTP', async () => {
    const bytes = Buffer.from('{"name":"bad\xff"}', 'latin1');
    expect((await post(new Uint8Array(bytes))).status).toBe(400);
    await produce([{ value: bytes }]);
    expect((await readMessages()).at(-1)).toMatchObject({ message: null, reason: 'the value is not UTF-8' });
  });

  it('a stream that begins beyond the end hears what comes next', async () => {
    const gone = new AbortController();
    const response = await fetch(`${services.platform.addresses.consumer}/messages/stream`, {
      headers: { 'last-event-id': '0:999999999,1:999999999/0:999999999,1:999999999' },
      signal: gone.signal,
    });
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString('utf8');
    })().catch(() => undefined);
    await delay(1000);
    expect((await post('{"name":"comes next"}')).status).toBe(201);
    await waitUntil(() => text.includes('comes next') || undefined, { what: 'the event', timeoutMs: 10_000 });
    gone.abort();
    await reading;
  });

  it('a group of members with garbage as metadata is told of', async () => {
    const members = Array.from({ length: GARBAGE_MEMBERS }, (_, index) =>
      createRawMember({
        brokers: services.platform.addresses.kafka,
        groupId: services.group,
        assignor: 'kafka-lab-sticky',
        metadata: Buffer.from(`000${String(index % 4)}0000000100ff${String(10 + index)}7f`, 'hex'),
      }),
    );
    for (const member of members) void member.join().catch(() => undefined);
    const readGroup = async (): Promise<GroupView> => {
      const response = await fetch(`${services.platform.addresses.consumer}/group`);
      expect(response.status).toBe(200);
      return ((await response.json()) as { group: GroupView }).group;
    };
    await waitUntil(async () => ((await readGroup()).members.length > 10 ? true : undefined), {
      what: 'the members',
      timeoutMs: 30_000,
    });
    await Promise.all(members.map((member) => member.leave()));
  });

  it('a message without a key is refused by a compacted topic, with the reason of the broker', async () => {
    const admin = connect().admin();
    await admin.connect();
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: TOPIC_RESOURCE,
          name: services.topic,
          configEntries: [
            { name: 'cleanup.policy', value: 'compact' },
            { name: 'min.insync.replicas', value: '2' },
          ],
        },
      ],
    });
    await admin.disconnect();
    const problem = await waitUntil(
      async () => {
        const response = await post('{"name":"without a key"}');
        return response.status === 201 ? undefined : { status: response.status, text: await response.text() };
      },
      { what: 'the refusal', timeoutMs: 15_000 },
    );
    expect(problem.status).toBe(422);
    expect(problem.text).toMatch(/"code":"record-refused"/);
    expect((await post('{"name":"with a key","key":"k"}')).status).toBe(201);
  });
});
