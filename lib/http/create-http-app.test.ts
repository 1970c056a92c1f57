import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import { Registry } from 'prom-client';
import { createHttpApp } from './create-http-app.ts';
import { route } from './route.ts';
import { sendBytes, sendWithHeaders, startTestServer, type TestServer } from './start-test-server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const MAX_BODY_BYTES = 10_000;

const messageSchema = z.strictObject({ name: z.string(), key: z.string().optional() });

const routes = [
  route({
    method: 'post',
    path: '/producer',
    summary: 'Store',
    body: messageSchema,
    headers: z.object({ 'idempotency-key': z.string().max(10).optional() }),
    responses: { 201: { description: 'Stored.', schema: z.object({ name: z.string(), key: z.string() }) } },
    handle: ({ body, headers }) => ({
      status: 201,
      headers: { Location: '/messages/1' },
      body: { name: body.name, key: headers['idempotency-key'] ?? 'none' },
    }),
  }),
  route({
    method: 'get',
    path: '/messages/:id',
    summary: 'One message',
    params: z.object({ id: z.string() }),
    responses: { 200: { description: 'It.', schema: z.object({ id: z.string() }) } },
    handle: ({ params }) => ({ status: 200, body: { id: params.id } }),
  }),
  route({
    method: 'get',
    path: '/unavailable',
    summary: 'Fails as declared',
    responses: { 204: { description: 'Never.' } },
    handle: () => {
      throw new AppError('kafka-unavailable', 'No broker answers.', { details: { retryAfterSeconds: 7 } });
    },
  }),
  route({
    method: 'get',
    path: '/broken',
    summary: 'Fails otherwise',
    responses: { 204: { description: 'Never.' } },
    handle: () => Promise.reject(new TypeError('secret')),
  }),
  route({
    method: 'get',
    path: '/unserializable',
    summary: 'Answers what is not JSON',
    responses: { 200: { description: 'Never.', schema: z.unknown() } },
    handle: () => ({ status: 200, body: 1n }),
  }),
];

describe('createHttpApp', () => {
  let server: TestServer;
  let readiness: { ok: boolean; detail?: string } = { ok: true };
  beforeAll(async () => {
    const ready = () => {
      if (readiness.detail === 'throw') throw new Error('secret');
      return readiness;
    };
    server = await startTestServer({
      routes,
      maxBodyBytes: MAX_BODY_BYTES,
      health: { live: () => ({ ok: true }), ready },
    });
  });
  afterAll(() => server.stop());

  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(server.url + path, { redirect: 'manual', ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      headers: response.headers,
      body: (isJson && text !== '' ? JSON.parse(text) : text) as Record<string, unknown>,
    };
  };
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_TYPE) =>
    call('/producer', { method: 'POST', body, headers });
  const expectProblem = (
    answer: { status: number; type: string | null; body: unknown },
    status: number,
    code: string,
  ) => {
    expect(answer).toMatchObject({
      status,
      type: 'application/problem+json',
      body: {
        type: `urn:kafka-lab:problem:${code}`,
        status,
        code,
        title: expect.any(String),
        detail: expect.any(String),
      },
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|node_modules|\bat .*:\d+:\d+/);
  };

  it('answers what the handler returns', async () => {
    const answer = await post('{"name":"a"}', { ...JSON_TYPE, 'Idempotency-Key': 'k1' });
    expect(answer).toMatchObject({ status: 201, type: 'application/json', body: { name: 'a', key: 'k1' } });
    expect(answer.headers.get('location')).toBe('/messages/1');
  });

  it('sets headers that keep browsers from misusing answers', async () => {
    for (const path of ['/messages/1', '/nowhere', '/metrics']) {
      const { headers } = await call(path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      expect(headers.has('x-powered-by')).toBe(false);
    }
  });

  it('names every wrong field of a body', async () => {
    const answer = await post('{"nom":1,"key":2}', { ...JSON_TYPE, 'Idempotency-Key': 'much too long' });
    expectProblem(answer, 400, 'invalid-request');
    expect((answer.body['errors'] as { path: string }[]).map(({ path }) => path)).toEqual([
      'header.idempotency-key',
      'body.name',
      'body.key',
      'body.nom',
    ]);
  });

  it.each([
    { name: 'broken JSON', body: '{"name":' },
    { name: 'no JSON', body: 'NaN' },
    { name: 'another type', body: '[]' },
    { name: 'null', body: 'null' },
    { name: 'deep nesting', body: '['.repeat(MAX_BODY_BYTES) },
    { name: 'deep nesting in a field', body: `{"name":${'['.repeat(4000)}${']'.repeat(4000)}}` },
    { name: 'bytes that are not UTF-8', body: Uint8Array.of(0x22, 0xff, 0x22) },
    { name: 'nothing', body: '' },
  ])('refuses a body of $name', async ({ body }) => {
    expectProblem(await post(body), 400, 'invalid-request');
  });

  it.each([
    { name: 'none', headers: { 'content-type': '' } },
    { name: 'a form', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    { name: 'text', headers: { 'content-type': 'text/plain' } },
    { name: 'another charset', headers: { 'content-type': 'application/json; charset=utf-16' } },
    { name: 'compressed', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } },
  ])('refuses a body whose content type is $name', async ({ headers }) => {
    expectProblem(await post('{"name":"a"}', headers), 415, 'unsupported-media-type');
  });

  it.each(['application/json;charset=UTF-8', 'Application/JSON; charset="utf-8"'])('reads %s', async (type) => {
    expect((await post('{"name":"ä"}', { 'content-type': type })).body).toMatchObject({ name: 'ä' });
  });

  it('refuses large bodies, announced or not, and goes on serving the connection', async () => {
    expectProblem(await post('x'.repeat(MAX_BODY_BYTES + 1)), 413, 'payload-too-large');
    expectProblem(await post('x'.repeat(20_000_000)), 413, 'payload-too-large');
    const head = 'POST /producer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const bytes = `${head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk.repeat(20)}0\r\n\r\n`;
    expect(await sendBytes(server, bytes)).toMatch(/^HTTP\/1\.1 413 [^]*"code":"payload-too-large"/);
    expect((await post(JSON.stringify({ name: 'x'.repeat(MAX_BODY_BYTES - 11) }))).status).toBe(201);
  });

  it('refuses a body where none is taken', async () => {
    const head = 'GET /messages/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n';
    expect(await sendBytes(server, `${head}Content-Length: 0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await sendBytes(server, `${head}Content-Length: 2\r\n\r\n{}`)).toMatch(
      /^HTTP\/1\.1 400 [^]*No body is taken/,
    );
  });

  it('refuses unknown paths, also beyond the documentation', async () => {
    for (const path of [
      '/nowhere',
      '/PRODUCER',
      '/docs/package.json',
      '/docs/..%2fpackage.json',
      '//evil.example/docs',
    ]) {
      expectProblem(await call(path), 404, 'not-found');
    }
  });

  it('refuses other methods and names the ones it takes', async () => {
    const answer = await call('/producer', { method: 'PUT', headers: JSON_TYPE, body: '{}' });
    expectProblem(answer, 405, 'method-not-allowed');
    expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
    expect((await call('/messages/1', { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  it('answers OPTIONS with the methods, and without permission for other origins', async () => {
    const headers = { origin: 'http://evil.example', 'access-control-request-method': 'POST' };
    const answer = await sendWithHeaders(server, { method: 'OPTIONS', path: '/producer', headers });
    expect(answer).toMatchObject({ status: 204, headers: { allow: 'POST, OPTIONS' }, body: '' });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('answers HEAD like GET without the body', async () => {
    const answer = await call('/messages/abc', { method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, type: 'application/json', body: '' });
    expect(answer.headers.get('content-length')).toBe('12');
  });

  it.each(['/messages/%zz', '/nowhere/%', '/messages/1?a=%e4', '/messages/%c3%28'])(
    'refuses the broken encoding of %s',
    async (path) => {
      const answer = await sendWithHeaders(server, { path });
      expectProblem(
        { ...answer, type: answer.headers['content-type'] ?? '', body: JSON.parse(answer.body) },
        400,
        'invalid-request',
      );
    },
  );

  it('decodes parameters of the path', async () => {
    expect((await call('/messages/a%2Fb%20%C3%A4')).body).toEqual({ id: 'a/b ä' });
  });

  it('answers declared problems, 503 with the time to come again, and does not log them', async () => {
    const answer = await call('/unavailable');
    expectProblem(answer, 503, 'kafka-unavailable');
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(server.errors).toEqual([]);
  });

  it.each(['/broken', '/unserializable'])('tells nothing of what went wrong in %s, and logs it once', async (path) => {
    server.errors.length = 0;
    expectProblem(await call(path), 500, 'internal');
    expect(server.errors).toEqual([{ err: expect.any(TypeError), method: 'GET', path }]);
    server.errors.length = 0;
  });

  it('answers health checks with 200 and 503', async () => {
    expect(await call('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    readiness = { ok: false, detail: 'joining the group' };
    expect(await call('/health/ready')).toMatchObject({
      status: 503,
      type: 'application/json',
      body: { status: 'unavailable', detail: 'joining the group' },
    });
    readiness = { ok: false, detail: 'throw' };
    expect(await call('/health/ready')).toMatchObject({ status: 503, body: { status: 'unavailable' } });
    expect(server.errors).toHaveLength(1);
    server.errors.length = 0;
  });

  it('describes every route in OpenAPI', async () => {
    const { body } = await call('/openapi.json');
    expect(body).toMatchObject({ info: { title: 'Test', version: '1.2.3' } });
    expect(Object.keys(body['paths'] as object)).toEqual([
      '/producer',
      '/messages/{id}',
      '/unavailable',
      '/broken',
      '/unserializable',
      '/health/live',
      '/health/ready',
      '/metrics',
      '/openapi.json',
    ]);
  });

  it('refuses a route whose path and parameters differ', () => {
    const build = () =>
      createHttpApp({
        title: '',
        version: '',
        description: '',
        allowedHosts: [],
        registry: new Registry(),
        logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
        health: { live: () => ({ ok: true }), ready: () => ({ ok: true }) },
        routes: [
          route({
            method: 'get',
            path: '/messages/:id',
            summary: '',
            responses: { 204: { description: '' } },
            handle: () => ({ status: 204 }),
          }),
        ],
      });
    expect(build).toThrow('/messages/:id has the parameters [id], its schema []');
  });
});
