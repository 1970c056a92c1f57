import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { route } from './route.ts';
import { sendWithHeaders, startTestServer, type TestServer } from './start-test-server.ts';

describe('the origin guard', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      routes: [
        route({
          method: 'delete',
          path: '/thing',
          summary: 'Remove it',
          responses: { 204: { description: 'Gone.' } },
          handle: () => ({ status: 204 }),
        }),
      ],
    });
  });
  afterAll(() => server.stop());

  const sendDelete = async (headers: Record<string, string>) =>
    (await sendWithHeaders(server, { method: 'DELETE', path: '/thing', headers })).status;

  it('lets clients write that are not browsers', async () => {
    expect(await sendDelete({})).toBe(204);
  });

  it.each([
    { host: 'localhost:8000', origin: 'http://localhost:8000' },
    { host: 'Producer:80', origin: 'http://producer' },
    { host: 'producer', origin: 'https://producer' },
    { host: '[::1]:8000', origin: 'http://[::1]:8000' },
  ])('lets pages of the same host write: $origin at $host', async (headers) => {
    expect(await sendDelete(headers)).toBe(204);
  });

  it.each([
    'null',
    'http://evil.example',
    'http://localhost',
    'http://localhost:8001',
    'http://localhost:8000.evil.example',
    'file://localhost:8000',
    'localhost:8000',
    '',
  ])('refuses writes of pages of %j', async (origin) => {
    expect(await sendDelete({ host: 'localhost:8000', origin })).toBe(403);
  });

  it('lets any page read: browsers hide the answer from it', async () => {
    const headers = { origin: 'http://evil.example' };
    const answer = await sendWithHeaders(server, { path: '/health/live', headers });
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});
