/**
 * Consumers that are not ours, each run by `verify` in place of ours on a real lab: those that keep the contract pass,
 * and each that breaks it is found by the check that is there for it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { listAnswers } from '../../verify/check-consumer/list-answers.ts';
import { observeConsumer } from '../../verify/check-consumer/observe-consumer.ts';
import { ensureVenv } from '../../bench/throughput/ensure-venv.ts';
import { findScenario } from '../../verify/scenarios/find-scenario.ts';
import { verifyOnce, type RunResult } from '../../verify/runs/verify-once.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { ensureJars } from '../../platforms/local/ensure-jars.ts';
import { startLocalPlatform, type LocalPlatform } from '../../platforms/local/local-platform.ts';
import { CACHE_DIR } from './test-cluster.ts';

jest.setTimeout(300_000);

const ROOT = path.resolve(import.meta.dirname, '../..');
const BROKEN = `${process.execPath} ${path.join(ROOT, 'test/broken-consumers/broken-consumer.ts')} --fault`;
const BROKEN_MEMBER = BROKEN.replace('broken-consumer.ts', 'broken-cooperative-consumer.ts');
const SAMPLES = path.join(ROOT, 'samples/python-consumer');
const JAVA_SAMPLES = path.join(ROOT, 'samples/java-consumer');

describe('consumers of one’s own', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'kafka-lab-'));
  const commandFile = path.join(dir, 'command');
  let platform: LocalPlatform;
  let python: string;
  let java: string;

  beforeAll(async () => {
    const signal = AbortSignal.timeout(240_000);
    const tell = (): void => undefined;
    const venv = await ensureVenv(path.join(SAMPLES, 'requirements.txt'), CACHE_DIR, { tell, signal });
    if ('missing' in venv) throw new Error(venv.missing);
    python = venv.python;
    const jars = path.join(await ensureJars(CACHE_DIR, tell), '*');
    const classes = path.join(dir, 'classes');
    const sources = ['Consumer.java', 'TransactionalConsumer.java'].map((file) => path.join(JAVA_SAMPLES, file));
    execFileSync('javac', ['-cp', jars, '-d', classes, ...sources]);
    java = `java -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp ${classes}:${jars}`;
    writeFileSync(commandFile, `${BROKEN} none`);
    platform = await startLocalPlatform({
      dataDir: path.join(dir, 'lab'),
      cacheDir: CACHE_DIR,
      ports: 'auto',
      // One lab for all of them: each replica runs what the file says when it starts.
      consumerCommand: ['sh', '-c', `exec $(cat ${commandFile})`],
      logger: createSilentLogger(),
      tell,
    });
  });
  afterAll(async () => {
    await platform.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const verify = async (command: string, scenario = 'test/broken-consumers/scenario.yaml'): Promise<RunResult> => {
    await platform.scale('consumer', 0);
    writeFileSync(commandFile, command);
    const lines: string[] = [];
    const context = {
      logger: createSilentLogger(),
      print: (line: string) => void lines.push(line),
      interrupted: new AbortController().signal,
    };
    const options = { dataDir: dir, settings: {}, seed: 1, out: dir, onStep: () => undefined };
    return verifyOnce(platform, await findScenario(scenario), options, context);
  };
  const listChecks = ({ checks }: RunResult, verdict: string): string[] =>
    checks.filter((check) => check.verdict === verdict).map(({ name }) => name);

  it.each([
    { name: 'kafkajs, written plainly', command: `${BROKEN} none`, scenario: 'test/broken-consumers/scenario.yaml' },
    {
      name: 'a cooperative member that gives up what it is told to',
      command: `${BROKEN_MEMBER} none`,
      scenario: 'test/broken-consumers/scenario.yaml',
    },
    { name: 'the sample in Python, killed', command: 'python consumer.py', scenario: 'kill-consumer' },
    { name: 'the sample with transactions, scaled', command: 'java TransactionalConsumer', scenario: 'scale' },
    { name: 'the sample with transactions, killed', command: 'java TransactionalConsumer', scenario: 'kill-consumer' },
  ])('$name, passes', async ({ command, scenario }) => {
    const program = command.replace('python ', `${python} ${SAMPLES}/`).replace('java ', `${java} `);
    const result = await verify(program, scenario);
    expect(listChecks(result, 'fail').concat(listChecks(result, 'unknown'))).toEqual([]);
    expect(result.verdict).toBe('pass');
  });

  it.each([
    { name: 'the sample in Python', command: 'python consumer.py', missing: [] },
    {
      name: 'one whose receipts are aborted',
      command: 'aborts-receipts',
      missing: ['every record is processed, once'],
    },
    { name: 'one that ends without leaving', command: 'ends-without-leaving', missing: ['it leaves on SIGTERM'] },
    { name: 'one that is in no group', command: 'no-group', missing: ['it joins the group under its name'] },
  ])('$name is told what of the contract it does not keep', async ({ command, missing }) => {
    await platform.scale('consumer', 0);
    const isSample = command.startsWith('python ');
    writeFileSync(commandFile, isSample ? command.replace('python ', `${python} ${SAMPLES}/`) : `${BROKEN} ${command}`);
    const signal = AbortSignal.timeout(120_000);
    const observed = await observeConsumer({ platform, logger: createSilentLogger(), signal, tell: () => undefined });
    const found = listAnswers(observed).flatMap((answer) => (answer.found === 'missing' ? [answer.asks] : []));
    expect(found).toEqual(expect.arrayContaining(missing));
    if (missing.length === 0) expect(found).toEqual([]);
  });

  it('the sample that commits too early loses what a kill finds in hand', async () => {
    const result = await verify(`${python} ${SAMPLES}/consumer_early.py`, 'kill-consumer');
    expect(result.verdict).toBe('fail');
    expect(listChecks(result, 'fail')).toEqual(
      expect.arrayContaining(['nothing-acknowledged-lost', 'commits-behind-receipts']),
    );
  });

  it.each([
    // It goes through all that the log holds of the tests before.
    {
      fault: 'begins-again',
      check: 'duplicates',
      because: 'though committed before the partition was given to who did it',
    },
    { fault: 'commits-before-processing', check: 'commits-behind-receipts' },
    { fault: 'skips-a-record', check: 'nothing-acknowledged-lost' },
    {
      fault: 'skips-within-a-receipt',
      check: 'nothing-acknowledged-lost',
      because: 'records lie within receipts that say they are of fewer',
    },
    { fault: 'reorders-across-rebalance', check: 'order-per-key' },
    { fault: 'goes-on-after-fenced', check: 'one-owner' },
    { fault: 'goes-silent', check: 'nothing-acknowledged-lost', also: 'never-silent', scenario: 'cold-start' },
    { fault: 'begins-at-the-end', check: 'nothing-acknowledged-lost', scenario: 'cold-start' },
    { fault: 'ends-without-leaving', check: 'left-in-time', scenario: 'cold-start', because: 'ended without leaving' },
    { fault: 'exits-at-rebalance', check: 'stayed-alive', because: 'exit 3' },
    { fault: 'no-group', check: 'duplicates' },
    { fault: 'aborts-receipts', check: 'commits-behind-receipts' },
    {
      fault: 'begins-before-given-up',
      check: 'duplicates',
      because: 'after a handover in order, before which there was time to commit',
      program: BROKEN_MEMBER,
    },
    {
      fault: 'commits-what-it-lost',
      check: 'one-owner',
      because: 'a committed position went back',
      program: BROKEN_MEMBER,
    },
  ])(
    'one that $fault fails $check',
    async ({ fault, check, also = check, scenario, because = '', program = BROKEN }) => {
      const result = await verify(`${program} ${fault}`, scenario);
      expect(result.verdict).toBe('fail');
      expect(listChecks(result, 'fail')).toEqual(expect.arrayContaining([check, also]));
      const failed = result.checks.find(({ name }) => name === check);
      expect(failed?.evidence.length).toBeGreaterThan(0);
      expect(failed?.summary).toContain(because);
    },
  );

  /** Who has started before says which program a replica is, also when it starts again. */
  const writeMixed = (name: string, isJava: string): string => {
    const starts = path.join(dir, name);
    mkdirSync(starts);
    const script = `${starts}.sh`;
    writeFileSync(
      script,
      `place="${starts}/$CLIENT_ID"
       [ -e "$place" ] || { count=$(ls "${starts}" | wc -l); echo "$count" > "$place"; }
       [ "$(cat "$place")" ${isJava} ] && exec ${java} Consumer
       exec ${process.execPath} ${path.join(ROOT, 'services/consumer/main.ts')}`,
    );
    return `sh ${script}`;
  };

  it.each([
    { name: 'ours-leads', isJava: '-ge 2', victim: 'the newest consumer' },
    { name: 'java-leads', isJava: '-lt 1', victim: 'the oldest consumer' },
  ])('two of ours and one in Java are one group: $name', async ({ name, isJava, victim }) => {
    const scenario = path.join(dir, `${name}.yaml`);
    const steps = [
      'load: { rate: 200, keys: 120 }',
      ...['scale: { consumer: 2 }', 'wait-balanced', 'scale: { consumer: 3 }', 'wait-balanced', 'hold: 2s'],
      ...[`kill: ${victim}`, 'wait-balanced', 'hold: 2s'],
      // The one that was killed has started last.
      ...['stop: the newest consumer', 'hold: 3s', 'start: what was stopped', 'wait-balanced', 'hold: 2s'],
    ];
    const listed = steps.map((step) => `  - ${step}\n`).join('');
    writeFileSync(
      scenario,
      `name: ${name}\ndescription: The one in Java is killed, leaves and returns.\nsteps:\n${listed}`,
    );
    const result = await verify(writeMixed(name, isJava), scenario);
    expect(listChecks(result, 'fail').concat(listChecks(result, 'unknown'))).toEqual([]);
    expect(result.verdict).toBe('pass');
  });
});
