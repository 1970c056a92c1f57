import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../errors/app-error.ts';
import { readPageFiles } from './page-files.ts';
import { sendBytes, sendWithHeaders, startTestServer, type TestServer } from './start-test-server.ts';

describe('readPageFiles', () => {
  let root: string;
  let dir: string;
  let server: TestServer | undefined;

  const write = async (file: string, content: string): Promise<void> => {
    await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
    await writeFile(path.join(dir, file), content);
  };
  const serve = async (): Promise<TestServer> => {
    server = await startTestServer({ page: await readPageFiles(dir) });
    return server;
  };
  const get = async (target: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${(server ?? (await serve())).url}${target}`, init);

  beforeEach(async () => {
    root = await realpath(await mkdtemp(path.join(tmpdir(), 'page-')));
    // A folder that is hidden itself is nothing special: what counts is inside.
    dir = path.join(root, '.lab', 'page');
    await write('index.html', '<!doctype html><title>The lab</title>');
    await write('assets/index-BcD1.js', 'export {};');
    await write('favicon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await writeFile(path.join(root, 'secret.txt'), 'nobody may read this');
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await rm(root, { recursive: true });
  });

  it.each([
    { what: 'no folder', prepare: () => rm(dir, { recursive: true }) },
    { what: 'a folder without a page', prepare: () => rm(path.join(dir, 'index.html')) },
  ])('says how the page is built when there is $what', async ({ prepare }) => {
    await prepare();
    const error = await readPageFiles(dir).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'missing-requirement', message: expect.stringContaining('`make page`') });
  });

  it('serves the page itself, which loads from here only and is asked for each time', async () => {
    const response = await get('/');
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('The lab');
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const policy = response.headers.get('content-security-policy') ?? '';
    const directives = new Map(policy.split('; ').map((one) => [one.split(' ')[0], one.split(' ').slice(1).join(' ')]));
    expect(Object.fromEntries(directives)).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-frame-options')).toBe('DENY');
  });

  it('lets files be kept for good whose names change with their content, and no others', async () => {
    const script = await get('/assets/index-BcD1.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(script.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await get('/favicon.svg')).headers.get('cache-control')).toBe('no-cache');
  });

  it('does not send again what a browser has', async () => {
    const { headers } = await get('/');
    const etag = headers.get('etag') ?? '';
    const again = await sendWithHeaders(server ?? (await serve()), {
      headers: { host: 'localhost', 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
    expect(again.body).toBe('');
  });

  it('answers HEAD as GET without the content, and takes nothing else', async () => {
    const head = await get('/', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const post = await get('/', { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it.each([
    '/secret.txt',
    '/../secret.txt',
    '/../../secret.txt',
    '/%2e%2e/%2e%2e/secret.txt',
    '/..%2f..%2fsecret.txt',
    '/..%5c..%5csecret.txt',
    '/assets/../../../secret.txt',
    '/assets/..%2f..%2f..%2fsecret.txt',
    '//secret.txt',
    '/assets',
    '/assets/',
    '/index.html%00.js',
    '/FAVICON.SVG',
  ])('does not serve %s', async (target) => {
    const answer = await sendBytes(
      await serve(),
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain('nobody may read this');
    expect(server?.errors).toEqual([]);
  });

  it('does not follow links out of the folder', async () => {
    await symlink(path.join(root, 'secret.txt'), path.join(dir, 'link.txt'));
    await symlink(root, path.join(dir, 'elsewhere'));
    for (const target of ['/link.txt', '/elsewhere/secret.txt']) expect((await get(target)).status).toBe(404);
  });

  it('does not serve what is hidden', async () => {
    await write('.env', 'SECRET=1');
    await write('.vite/manifest.json', '{}');
    for (const target of ['/.env', '/.vite/manifest.json']) expect((await get(target)).status).toBe(404);
    expect(server?.errors).toEqual([]);
  });

  it.each([
    { file: 'with blank.txt', target: '/with%20blank.txt' },
    { file: 'größe.txt', target: '/gr%C3%B6%C3%9Fe.txt' },
    { file: 'font(1).txt', target: '/font(1).txt' },
    { file: '[slug].txt', target: '/[slug].txt' },
    { file: '{a}.txt', target: '/%7Ba%7D.txt' },
    { file: ':id.txt', target: '/:id.txt' },
    { file: 'a*b.txt', target: '/a*b.txt' },
    { file: 'a+b.txt', target: '/a+b.txt' },
    { file: 'a!b.txt', target: '/a!b.txt' },
    { file: 'a?b.txt', target: '/a%3Fb.txt' },
    { file: 'a#b.txt', target: '/a%23b.txt' },
    { file: '100%.txt', target: '/100%25.txt' },
    { file: '%41.txt', target: '/%2541.txt' },
    { file: 'a\\b.txt', target: '/a%5Cb.txt' },
    { file: 'deep/er/file.txt', target: '/deep/er/file.txt' },
  ])('serves a file of the odd name $file, and nothing else by it', async ({ file, target }) => {
    await write(file, 'as written');
    const response = await get(target);
    expect([response.status, await response.text()]).toEqual([200, 'as written']);
    for (const other of ['/a.txt', '/anything.txt', '/A.txt', '/ab.txt', '/aab.txt', '/b.txt']) {
      expect((await get(other)).status).toBe(404);
    }
    expect(server?.errors).toEqual([]);
  });

  it('says of a file that has gone that it is not there, and lets nobody keep that', async () => {
    await serve();
    await rm(path.join(dir, 'assets/index-BcD1.js'));
    const response = await get('/assets/index-BcD1.js');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not-found' });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(server?.errors).toEqual([]);
  });
});
