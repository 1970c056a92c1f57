import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseHostName } from './host-guard.ts';
import { sendWithHeaders, startTestServer, type TestServer } from './start-test-server.ts';

describe('parseHostName', () => {
  it.each([
    { host: 'Producer:8000', name: 'producer' },
    { host: 'producer.kafka-lab.svc.', name: 'producer.kafka-lab.svc' },
    { host: '10.244.0.7:8001', name: '10.244.0.7' },
    { host: '[::1]:8000', name: '::1' },
    { host: '::1', name: undefined },
    { host: 'user@producer', name: undefined },
    { host: 'producer:port', name: undefined },
    { host: '', name: undefined },
    { host: undefined, name: undefined },
  ])('reads $host as $name', ({ host, name }) => {
    expect(parseHostName(host)).toBe(name);
  });
});

describe('the host guard', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ allowedHosts: ['producer', 'Producer.kafka-lab.svc'] });
  });
  afterAll(() => server.stop());

  it.each([
    'localhost:8000',
    'LOCALHOST',
    '127.0.0.1',
    '10.244.0.7:8000',
    '[::1]:8000',
    'producer',
    'producer.kafka-lab.svc:1',
  ])('answers to %s', async (host) => {
    expect((await sendWithHeaders(server, { path: '/health/live', headers: { host } })).status).toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    'producer.evil.example:8000',
    '127.0.0.1.nip.io',
    '2130706433',
    'a@localhost',
  ])('refuses %s on every path', async (host) => {
    for (const path of ['/health/live', '/docs', '/metrics', '/nowhere']) {
      const { status, body } = await sendWithHeaders(server, { path, headers: { host } });
      expect({ status, code: (JSON.parse(body) as { code: string }).code }).toEqual({
        status: 421,
        code: 'forbidden-host',
      });
    }
  });
});
