import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AppError } from '../lib/errors/app-error.ts';
import { buildImages, nameImages, writeBundle } from './build-images.ts';
import type { BuildRequest, Docker } from './docker.ts';

// The first bundle of a process takes seconds, more beside other tests.
jest.setTimeout(30_000);

let output: string;
beforeAll(async () => {
  output = await mkdtemp(path.join(tmpdir(), 'images-'));
});
afterAll(() => rm(output, { recursive: true }));

/** A Docker that keeps the names of its images. */
function createFakeDocker() {
  const requests: BuildRequest[] = [];
  const docker: Docker = {
    requireEngine: () => Promise.resolve(),
    hasImage: (tag) => Promise.resolve(requests.some((request) => request.tag === tag)),
    buildImage: (request) => {
      requests.push(request);
      return Promise.resolve();
    },
  };
  return { docker, requests };
}

describe('buildImages', () => {
  const { docker, requests } = createFakeDocker();
  const sentences: string[] = [];
  const bundle = (name: string) => Promise.resolve({ files: new Map([['main.js', Buffer.from(`start('${name}')`)]]) });
  const build = (options = {}) =>
    buildImages({ docker, bundle, output, report: (line) => sentences.push(line), ...options });
  beforeEach(() => void sentences.splice(0));

  it('builds all images from the folders it has filled, then finds them built already', async () => {
    const images = await build();
    expect(requests.map(({ tag, context }) => [tag, context])).toEqual([
      [images.producer, path.join(output, 'producer')],
      [images.consumer, path.join(output, 'consumer')],
      [images.operator, path.join(output, 'operator')],
    ]);
    expect(await readFile(path.join(output, 'producer/main.js'), 'utf8')).toBe("start('producer')");
    sentences.splice(0);
    expect(await build()).toEqual(images);
    expect(requests).toHaveLength(3);
    expect(sentences).toEqual(Object.values(images).map((image) => `${image} is built already`));
  });

  it('gives names beforehand, without Docker', async () => {
    expect(await nameImages({ bundle })).toEqual(await build());
  });

  it('builds others on another base image and for another platform', async () => {
    const images = await build();
    const others = await build({ nodeImage: 'node:24-slim', platform: 'linux/arm64' });
    expect(others.producer).not.toBe(images.producer);
    expect(requests.at(-1)).toMatchObject({
      platform: 'linux/arm64',
      buildArguments: { NODE_IMAGE: 'node:24-slim', TITLE: 'kafka-lab operator' },
    });
  });

  it('builds on the image that the Dockerfile names when nobody says otherwise', async () => {
    await build();
    const dockerfile = await readFile(path.join(import.meta.dirname, 'Dockerfile'), 'utf8');
    expect(dockerfile).toContain(`ARG NODE_IMAGE=${requests[0]?.buildArguments['NODE_IMAGE'] ?? ''}\n`);
  });

  it('begins with nothing where Docker cannot be used', async () => {
    const refusal = new AppError('missing-requirement', 'no docker');
    await expect(build({ docker: { ...docker, requireEngine: () => Promise.reject(refusal) } })).rejects.toBe(refusal);
    expect(sentences).toEqual([]);
  });
});

describe('writeBundle', () => {
  it('leaves nothing of an earlier bundle, and files that every user may read', async () => {
    const folder = path.join(output, 'bundle');
    await writeBundle(new Map([['earlier.js', Buffer.from('')]]), folder);
    await writeFile(path.join(folder, 'stray'), '');
    const umask = process.umask(0o077);
    await writeBundle(new Map([['inner/deep/main.js', Buffer.from('start()')]]), folder);
    process.umask(umask);
    expect(await readdir(folder, { recursive: true })).toEqual(['inner', 'inner/deep', 'inner/deep/main.js']);
    expect(await readFile(path.join(folder, 'inner/deep/main.js'), 'utf8')).toBe('start()');
    const modes = await Promise.all(
      ['', 'inner', 'inner/deep', 'inner/deep/main.js'].map(async (name) => (await stat(path.join(folder, name))).mode),
    );
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o755, 0o755, 0o755, 0o644]);
  });
});
