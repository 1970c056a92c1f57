import { afterEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../lib/errors/app-error.ts';
import { startTestServer, type TestServer } from '../../lib/http/start-test-server.ts';
import { buildMessageRoutes } from './message-routes.ts';
import { createFakeProducer, type FakeProducer } from './testing/fake-producer.ts';

let server: TestServer;
afterEach(() => server.stop());

async function post(producer: FakeProducer, path: string, body: unknown, headers: Record<string, string> = {}) {
  server = await startTestServer({ routes: buildMessageRoutes({ topic: 'app', producer }) });
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Fails records by a word in them. */
const failing = (codes: Readonly<Record<string, AppError['code']>>) =>
  createFakeProducer(({ value }) => {
    const [word, code] = Object.entries(codes).find(([word]) => String(value).includes(word)) ?? [];
    return code && new AppError(code, `${word ?? ''} failed`);
  });

describe('POST /producer', () => {
  it('answers where the message is stored, and sends its key apart', async () => {
    const producer = createFakeProducer();
    const answer = await post(producer, '/producer', { name: 'one', key: 'k' }, { 'idempotency-key': 'é' });
    expect(answer).toEqual({ status: 201, body: { topic: 'app', partition: 1, offset: 0 } });
    const [record] = producer.sent;
    expect({ key: record?.key, value: JSON.parse(String(record?.value)) as unknown }).toEqual({
      key: 'k',
      value: { name: 'one' },
    });
    // As many bytes as the client has sent.
    expect(Object.values(record?.headers ?? {}).map(String)).toEqual([Buffer.from('é', 'latin1').toString()]);
  });

  it('answers with the problem of a message that is not stored', async () => {
    const { status, body } = await post(failing({ one: 'kafka-unavailable' }), '/producer', { name: 'one' });
    expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'kafka-unavailable' });
  });
});

describe('POST /producer/batch', () => {
  const messages = [{ name: 'one' }, { name: 'two' }];

  it('numbers the idempotency keys of its messages', async () => {
    const producer = createFakeProducer();
    const { status, body } = await post(producer, '/producer/batch', { messages }, { 'idempotency-key': 'id' });
    expect({ status, results: (body['results'] as unknown[]).length }).toEqual({ status: 201, results: 2 });
    expect(producer.sent.map(({ headers }) => Object.values(headers ?? {}).map(String))).toEqual([['id/0'], ['id/1']]);
  });

  it.each([
    { codes: { two: 'queue-full' }, status: 207 },
    { codes: { one: 'record-refused', two: 'queue-full' }, status: 207 },
    { codes: { one: 'queue-full', two: 'queue-full' }, status: 503 },
  ] as const)('tells each outcome, or the one problem of all: $codes', async ({ codes, status }) => {
    const answer = await post(failing(codes), '/producer/batch', { messages });
    expect(answer.status).toBe(status);
    const results = answer.body['results'] as { outcome: string; code?: string }[] | undefined;
    const told = results?.map(({ outcome, code }) => code ?? outcome) ?? answer.body['code'];
    expect(told).toEqual(
      status === 503
        ? 'queue-full'
        : ['one', 'two'].map((word) => Object.entries(codes).find(([name]) => name === word)?.[1] ?? 'stored'),
    );
  });
});
