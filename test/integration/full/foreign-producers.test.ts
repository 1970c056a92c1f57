/**
 * The lab used by other people's producers: librdkafka and Kafka's own, every codec, transactions that commit and that
 * abort, keys, tombstones, and a topic that is compacted meanwhile. Ten minutes, or as many as `FOREIGN_MINUTES` says.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ensureVenv } from '../../../bench/throughput/ensure-venv.ts';
import type { GroupView } from '../../../lib/contracts/group.ts';
import { ensureJars } from '../../../platforms/local/ensure-jars.ts';
import { waitUntil } from '../../../platforms/wait-until.ts';
import { waitBalanced } from '../../../verify/scenarios/balanced-group.ts';
import { startServices, type TestServices } from '../start-services.ts';
import { CACHE_DIR } from '../test-cluster.ts';

const MINUTES = Number(process.env['FOREIGN_MINUTES'] ?? 10);
const CONSUMERS = 3;
const CLIENTS = path.resolve(import.meta.dirname, '../../foreign-clients');
const run = promisify(execFile);

jest.setTimeout((MINUTES + 10) * 60_000);

describe('a lab that foreign producers write to', () => {
  let services: TestServices;

  beforeAll(async () => {
    services = await startServices({ consumers: CONSUMERS });
    await waitBalanced(services.platform, services.observer, CONSUMERS);
  });
  afterAll(() => services.stop());

  const brokers = (): string => services.platform.addresses.kafka.join(',');

  const readGroup = async (): Promise<GroupView> => {
    const answer = await fetch(`${services.platform.addresses.consumer}/group`);
    return ((await answer.json()) as { group: GroupView }).group;
  };

  const produceInPython = async (seconds: number): Promise<Record<string, number>> => {
    const signal = AbortSignal.timeout(240_000);
    const venv = await ensureVenv(path.join(CLIENTS, 'requirements.txt'), CACHE_DIR, { tell: () => undefined, signal });
    if ('missing' in venv) throw new Error(venv.missing);
    const done = await run(venv.python, [path.join(CLIENTS, 'produce.py'), brokers(), services.topic, String(seconds)]);
    return JSON.parse(done.stdout) as Record<string, number>;
  };

  const produceInJava = async (seconds: number): Promise<number> => {
    const jars = await ensureJars(CACHE_DIR, () => undefined);
    const program = path.join(CLIENTS, 'Produce.java');
    const done = await run('java', [
      '-Xmx96m',
      '-cp',
      `${jars}/*`,
      program,
      brokers(),
      services.topic,
      String(seconds),
    ]);
    return Number(done.stdout);
  };

  it(`is read to its end in ${String(MINUTES)} minutes, without a crash or a rebalance`, async () => {
    const before = await services.observer.readLatestGeneration();
    const [python, java] = await Promise.all([produceInPython(MINUTES * 60), produceInJava(MINUTES * 60)]);
    const group = await waitUntil(
      async () => {
        const view = await readGroup();
        return view.lag === 0 && view.partitions.every(({ committedOffset }) => committedOffset !== null)
          ? view
          : undefined;
      },
      { what: 'lag 0', timeoutMs: 60_000 },
    );
    const after = await services.observer.readLatestGeneration();
    const messages = await fetch(`${services.platform.addresses.consumer}/messages?limit=500`);
    const restarts = (await services.platform.listReplicas('consumer')).map(({ restarts }) => restarts);
    const logs = (await services.platform.listReplicas('consumer'))
      .map(({ name }) => services.readLog(name))
      .join('\n');
    const ends = group.partitions.reduce((sum, { logEndOffset }) => sum + logEndOffset, 0);
    process.stderr.write(`${JSON.stringify({ ...python, java, ends, generation: after?.generation })}\n`);
    expect(python['committed']).toBeGreaterThan(0);
    expect(python['aborted']).toBeGreaterThan(0);
    expect(messages.status).toBe(200);
    expect(group.lag).toBe(0);
    expect(after?.generation).toBe(before?.generation);
    expect(restarts).toEqual(Array.from({ length: CONSUMERS }, () => 0));
    expect(logs).not.toMatch(/crashed|made anew|could not be committed|cannot be read/);
  });
});
