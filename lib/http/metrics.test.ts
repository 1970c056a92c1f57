import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { route } from './route.ts';
import { sendWithHeaders, startTestServer, type TestServer } from './start-test-server.ts';

describe('the metrics', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      routes: [
        route({
          method: 'get',
          path: '/messages/:id',
          summary: 'One message',
          params: z.object({ id: z.string() }),
          responses: { 204: { description: 'It.' } },
          handle: () => ({ status: 204 }),
        }),
      ],
    });
  });
  afterAll(() => server.stop());

  it('count requests by pattern, so that paths and methods of clients make no new series', async () => {
    for (let id = 0; id < 5; id += 1) {
      await sendWithHeaders(server, { path: `/messages/${id}` });
      await sendWithHeaders(server, { path: `/nowhere/${id}` });
    }
    for (const method of ['PURGE', 'LOCK', 'PROPFIND']) await sendWithHeaders(server, { method, path: '/messages/1' });
    await sendWithHeaders(server, { path: '/messages/1', headers: { host: 'evil.example' } });
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const counts = (await response.text())
      .split('\n')
      .filter((line) => line.startsWith('http_request_duration_seconds_count'));
    expect(counts).toEqual([
      'http_request_duration_seconds_count{method="GET",route="/messages/:id",status="204"} 5',
      'http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 5',
      'http_request_duration_seconds_count{method="other",route="/messages/:id",status="405"} 3',
      'http_request_duration_seconds_count{method="GET",route="unmatched",status="421"} 1',
    ]);
  });

  it('tell of the process', async () => {
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});
