import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import { waitUntil } from '../wait-until.ts';
import { claimDataFolder, type DataFolder } from './data-folder.ts';
import { startLocalDeployment, type LocalDeployment } from './local-deployment.ts';
import type { ReplicaProcess } from './replica-process.ts';
import { waitReady } from './wait-ready.ts';

jest.setTimeout(60_000);

/** Programs of somebody's own, as small as they can be. */
const IDLE = 'setInterval(() => undefined, 1000)';
const TELLING = `console.log(JSON.stringify({ ...process.env, cwd: process.cwd(), args: process.argv.slice(1) })); ${IDLE}`;
/** Serves HTTP, and says that it is ready while there is a file. */
const SERVING = `
  const { HOST, PORT, FLAG } = process.env;
  const answer = (_, response) => response.writeHead(require('fs').existsSync(FLAG) ? 200 : 503).end();
  require('http').createServer(answer).listen(PORT, HOST);`;

describe('a deployment of somebody’s own program', () => {
  let dir: string;
  let folder: DataFolder;
  let deployment: LocalDeployment | undefined;
  let events: PlatformEvent[];

  const deploy = async (
    command: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<LocalDeployment> => {
    deployment = await startLocalDeployment({
      workload: 'consumer',
      port: 0,
      bootstrapServers: ['127.0.0.1:1', '127.0.0.1:2'],
      environment,
      command,
      folder,
      emit: (event) => void events.push(event),
      logger: createSilentLogger(),
    });
    return deployment;
  };
  const run = (script: string, ...args: readonly string[]): readonly string[] => [
    process.execPath,
    '-e',
    script,
    ...args,
  ];
  const names = (of: LocalDeployment): readonly string[] => of.replicas.map(({ spec }) => spec.name);
  const phaseOf = (replica: ReplicaProcess | undefined) => replica?.snapshot().phase;
  const readLog = (name: string): string => readFileSync(folder.path('logs', `${name}.log`), 'utf8');
  const ready = (of: LocalDeployment): Promise<void> => waitReady(of.replicas, { what: 'the test', timeoutMs: 20_000 });

  beforeEach(async () => {
    events = [];
    dir = mkdtempSync(path.join(tmpdir(), 'kafka-lab-'));
    const stamp = { layout: 1, kafka: '-', zookeeperServers: 0, brokers: 0 };
    folder = await claimDataFolder({ dir, stamp, fresh: false, tell: () => undefined });
  });
  afterEach(async () => {
    await deployment?.stop();
    deployment = undefined;
    folder.release();
    rmSync(dir, { recursive: true, force: true });
  });

  it('tells it where Kafka is and who it is, in its environment', async () => {
    const started = await deploy(run(TELLING, 'one', 'two words'), { GROUP_ID: 'mine', EXTRA: 'x' });
    started.scale(1);
    await ready(started);
    const replica = started.replicas[0]?.snapshot();
    const told = JSON.parse(readLog('consumer-1')) as Record<string, unknown>;
    expect(told).toMatchObject({
      KAFKA_BROKERS: '127.0.0.1:1,127.0.0.1:2',
      TOPIC: 'app',
      RECEIPTS_TOPIC: 'app.receipts',
      GROUP_ID: 'mine',
      EXTRA: 'x',
      CLIENT_ID: 'consumer-1',
      POD_NAME: 'consumer-1',
      POD_UID: replica?.uid,
      NODE_NAME: 'localhost',
      HOST: '127.0.0.1',
      PORT: expect.stringMatching(/^\d+$/) as unknown,
      PATH: expect.any(String) as unknown,
      cwd: process.cwd(),
      args: ['one', 'two words'],
    });
    expect(told).not.toHaveProperty('NODE_COMPILE_CACHE');
  });

  it('takes one that serves no HTTP for ready when it has run for a second, and knows no address of it', async () => {
    const started = await deploy(run(IDLE));
    const before = Date.now();
    started.scale(1);
    await ready(started);
    expect(Date.now() - before).toBeGreaterThanOrEqual(1000);
    expect(started.replicas[0]?.snapshot().url).toBeUndefined();
  });

  it('goes by what one says that serves HTTP', async () => {
    const flag = path.join(dir, 'flag');
    const started = await deploy(run(SERVING), { FLAG: flag });
    started.scale(1);
    const [replica] = started.replicas;
    await waitUntil(() => replica?.snapshot().url, { what: 'its address', timeoutMs: 20_000 });
    // It may have been taken for a silent one before it listened.
    await waitUntil(() => phaseOf(replica) !== 'ready' || undefined, { what: 'its answer', timeoutMs: 5000 });
    writeFileSync(flag, '');
    await ready(started);
    expect((await fetch(`${started.url}/health/ready`)).status).toBe(200);
  });

  it('gives up a program that is not there, and says so', async () => {
    const started = await deploy(['no-such-program', '--flag']);
    const before = Date.now();
    started.scale(1);
    await expect(ready(started)).rejects.toMatchObject({
      code: 'process-failed',
      message: 'consumer-1 could not be started: there is no program no-such-program',
    });
    expect(Date.now() - before).toBeLessThan(10_000);
  });

  it('says how one ends that does not become ready', async () => {
    const started = await deploy(run('process.exit(3)'));
    started.scale(1);
    await waitUntil(() => started.replicas[0]?.lastEnd, { what: 'its end', timeoutMs: 20_000 });
    await expect(waitReady(started.replicas, { what: 'the test', timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringMatching(/for the test: consumer-1 is \w+ \(its process ended: exit 3\)$/) as unknown,
    });
  });

  it('gives up one that ends again and again, with what it printed', async () => {
    const started = await deploy(run("console.log('no such table: orders'); process.exit(3)"));
    started.scale(1);
    const failure = await waitReady(started.replicas, { what: 'the test', mostEnds: 2 }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'process-failed' });
    expect((failure as Error).message).toMatch(
      /^consumer-1 is \w+ \(its process ended: exit 3\), 2 times in a row, and was never ready; it printed last:\n {2}no such table: orders\n/,
    );
    expect((failure as Error).message).toContain(`all of its output: ${folder.path('logs', 'consumer-1.log')}`);
  });

  it('ends what a program has started together with it, and lets it finish', async () => {
    const child = `process.on('SIGTERM', () => setTimeout(() => { console.log('finished'); process.exit() }, 300)); console.log('child ' + process.pid); ${IDLE}`;
    // Like \`go run\`: it does not wait for its child.
    const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' }); ${IDLE}`;
    const started = await deploy(run(parent));
    started.scale(1);
    await ready(started);
    const pid = Number(/child (\d+)/.exec(readLog('consumer-1'))?.[1]);
    expect(process.kill(pid, 0)).toBe(true);
    await started.stop();
    expect(readLog('consumer-1')).toContain('finished');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  describe('that is rolled', () => {
    it('replaces the oldest first, one by one, with no moment of fewer that are ready', async () => {
      const started = await deploy(run(IDLE));
      started.scale(2);
      await ready(started);
      let fewest = Infinity;
      const watching = setInterval(() => {
        fewest = Math.min(fewest, started.replicas.filter((replica) => phaseOf(replica) === 'ready').length);
      }, 5);
      events.length = 0;
      await started.roll();
      clearInterval(watching);
      expect(names(started)).toEqual(['consumer-r2-3', 'consumer-r2-4']);
      expect(started.wanted).toBe(2);
      expect(fewest).toBe(2);
      const told = events.flatMap((event) => {
        if (event.kind === 'phase') return [`${event.replica.name} ${event.replica.phase}`];
        return event.kind === 'removed' ? [`${event.replica.name} ${event.reason}`] : [event.kind];
      });
      expect(told).toEqual([
        ...['consumer-r2-3 starting', 'consumer-r2-3 ready', 'consumer-1 terminating', 'consumer-1 rolled'],
        ...['consumer-r2-4 starting', 'consumer-r2-4 ready', 'consumer-2 terminating', 'consumer-2 rolled'],
      ]);
    });

    it('does nothing when there is none, and counts on', async () => {
      const started = await deploy(run(IDLE));
      await started.roll();
      expect(events).toEqual([]);
      started.scale(1);
      expect(names(started)).toEqual(['consumer-r2-1']);
    });

    it('gives the new ones, and those that come later, other variables', async () => {
      const started = await deploy(run(TELLING), { KEPT: 'k', SET: 'before', GONE: 'g' });
      expect(started.readVariables(['SET', 'NEW'])).toEqual({ SET: 'before', NEW: null });
      started.scale(1);
      await ready(started);
      await started.roll({ SET: 'after', NEW: 'n', GONE: null });
      expect(started.readVariables(['SET', 'NEW', 'GONE'])).toEqual({ SET: 'after', NEW: 'n', GONE: null });
      started.scale(2);
      await ready(started);
      for (const name of names(started)) {
        const told = JSON.parse(readLog(name)) as Record<string, unknown>;
        expect(told).toMatchObject({ KEPT: 'k', SET: 'after', NEW: 'n' });
        expect(told).not.toHaveProperty('GONE');
      }
      await started.roll();
      expect(started.readVariables(['SET'])).toEqual({ SET: 'after' });
    });

    it('keeps to a scaling that comes meanwhile', async () => {
      const started = await deploy(run(IDLE));
      started.scale(2);
      await ready(started);
      const rolled = started.roll();
      started.scale(0);
      await rolled;
      await waitUntil(() => started.replicas.length === 0 || undefined, { what: 'nobody', timeoutMs: 10_000 });
      expect(started.wanted).toBe(0);
    });

    it('keeps the old ones when a new one does not start', async () => {
      const program = path.join(dir, 'program');
      writeFileSync(program, `#!${process.execPath}\n${IDLE}\n`, { mode: 0o700 });
      const started = await deploy([program]);
      started.scale(2);
      await ready(started);
      rmSync(program);
      await expect(started.roll()).rejects.toMatchObject({ code: 'process-failed' });
      expect(names(started)).toEqual(['consumer-1', 'consumer-2']);
      await ready(started);
    });

    it('leaves nobody behind when it is stopped meanwhile', async () => {
      const started = await deploy(run(IDLE));
      started.scale(1);
      await ready(started);
      const [rolled] = await Promise.allSettled([started.roll(), started.stop()]);
      expect(rolled).toMatchObject({ status: 'rejected', reason: { code: 'shutting-down' } });
      expect(started.replicas).toEqual([]);
    });
  });
});
