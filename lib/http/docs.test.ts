import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendWithHeaders, startTestServer, type TestServer } from './start-test-server.ts';

describe('the documentation page', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ title: 'Producer <b>&amp;' });
  });
  afterAll(() => server.stop());

  const get = async (path: string) => {
    const response = await fetch(server.url + path, { redirect: 'manual' });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };

  it('is where the root leads', async () => {
    const { status, headers } = await get('/');
    expect({ status, location: headers.get('location') }).toEqual({ status: 302, location: '/docs' });
  });

  it.each(['/docs', '/docs/'])('loads everything from this server at %s', async (path) => {
    const { status, headers, text } = await get(path);
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|upgrade|http/);
    expect(text).not.toMatch(/https?:|\/\/[a-z]/i);
    expect(text).not.toMatch(/<script>|<style| on\w+=| style=/);
    expect(text).toContain('<title>Producer &lt;b&gt;&amp;amp;</title>');
    const references = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, reference = '']) => reference);
    expect(references).toHaveLength(5);
    for (const reference of references) expect((await get(reference)).status).toBe(200);
  });

  it('starts Swagger UI on the description of this server, without the external validator', async () => {
    const { text } = await get('/docs/start.js');
    expect(text).toContain('"url":"/openapi.json"');
    expect(text).toContain('"validatorUrl":null');
    expect(text).not.toMatch(/https?:/);
  });

  it('serves style sheets that refer to nothing outside', async () => {
    const { text } = await get('/docs/swagger-ui.css');
    const targets = [...text.matchAll(/(?:url\(|@import)\s*["']?([^"')]{0,10})/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !target.startsWith('data:'))).toEqual([]);
  });

  it('lets browsers keep the large files as long as they have not changed', async () => {
    const { headers } = await get('/docs/swagger-ui-bundle.js');
    expect(headers.get('cache-control')).toBe('no-cache');
    const again = await sendWithHeaders(server, {
      path: '/docs/swagger-ui-bundle.js',
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    });
    expect(again).toMatchObject({ status: 304, body: '' });
  });
});
