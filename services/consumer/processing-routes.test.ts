import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../lib/http/start-test-server.ts';
import { buildProcessingRoutes } from './processing-routes.ts';

describe('buildProcessingRoutes', () => {
  let delayMs: number;
  let server: TestServer;

  const put = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.url}/processing-delay`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  beforeEach(async () => {
    delayMs = 5;
    server = await startTestServer({
      routes: buildProcessingRoutes({
        replica: 'consumer-1',
        readDelayMs: () => delayMs,
        setDelayMs: (wanted) => (delayMs = wanted),
      }),
    });
  });
  afterEach(() => server.stop());

  it('tells how long a record takes here', async () => {
    const response = await fetch(`${server.url}/processing-delay`);
    expect([response.status, await response.json()]).toEqual([200, { replica: 'consumer-1', delayMs: 5 }]);
  });

  it.each([0, 1, 10_000])('takes %i milliseconds, and answers with what holds now', async (wanted) => {
    const response = await put({ delayMs: wanted });
    expect([response.status, await response.json()]).toEqual([200, { replica: 'consumer-1', delayMs: wanted }]);
    expect(delayMs).toBe(wanted);
  });

  it.each([
    { body: { delayMs: -1 }, field: 'body.delayMs' },
    { body: { delayMs: 10_001 }, field: 'body.delayMs' },
    { body: { delayMs: 1.5 }, field: 'body.delayMs' },
    { body: { delayMs: '5' }, field: 'body.delayMs' },
    { body: {}, field: 'body.delayMs' },
    { body: { delayMs: 5, replica: 'consumer-2' }, field: 'body.replica' },
    { body: 5, field: 'body' },
  ])('refuses $body and names $field', async ({ body, field }) => {
    const response = await put(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid-request', errors: [{ path: field }] });
    expect(delayMs).toBe(5);
  });

  it('takes nothing from pages of other origins', async () => {
    expect((await put({ delayMs: 9 }, { origin: 'http://elsewhere.example' })).status).toBe(403);
    expect(delayMs).toBe(5);
  });
});
