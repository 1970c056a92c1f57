/** The bundles as processes: away from the checkout, without its packages, and without Kafka. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { writeBundle } from './build-images.ts';
import { bundleService, SERVICES } from './bundle-service.ts';

const STOP_TIMEOUT_MS = 5000;

// The first bundle of a process takes seconds, more beside other tests.
jest.setTimeout(30_000);

const ENVIRONMENT = {
  KAFKA_BROKERS: '127.0.0.1:1',
  PORT: '0',
  POD_NAME: 'replica-1',
  POD_UID: 'uid-1',
  NODE_NAME: 'node-1',
  DRAIN_MS: '100',
  // Of the operator, which serves without them.
  ZOOKEEPER_SERVERS: '127.0.0.1:1',
  KUBERNETES_SERVICE_HOST: '127.0.0.1',
  KUBERNETES_SERVICE_PORT: '1',
};

describe.each(SERVICES)('the bundled %s', (name) => {
  let folder: string;
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bundled-'));
    await writeBundle((await bundleService(name)).files, folder);
  });
  afterEach(() => void child?.kill('SIGKILL'));
  afterAll(() => rm(folder, { recursive: true }));

  const start = (environment: Readonly<Record<string, string>>) => {
    const started = spawn(process.execPath, ['main.js'], { cwd: folder, env: environment });
    child = started;
    return started;
  };

  it('serves its interface and its documentation, and ends on SIGTERM', async () => {
    const service = start(ENVIRONMENT);
    const lines = createInterface({ input: service.stdout });
    let url = '';
    for await (const line of lines) {
      url = /replica-1 serves.*url=(\S+)/.exec(line)?.[1] ?? '';
      if (url !== '') break;
    }

    for (const asset of ['/health/live', '/metrics', '/openapi.json', '/docs', '/docs/swagger-ui-bundle.js']) {
      const answer = await fetch(new URL(asset, url));
      await answer.bytes();
      expect([asset, answer.status]).toEqual([asset, 200]);
    }

    const exit = once(service, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
    service.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it('refuses to start without settings, with the exit code that the image is built on', async () => {
    expect(await once(start({}), 'exit')).toEqual([2, null]);
  });
});
