import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TypedCommand } from '../typed-command.ts';
import { waitUntil } from '../../platforms/wait-until.ts';

jest.setTimeout(180_000);

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The command line of the lab as a user types it, in a process of its own. */
function startLab(...args: readonly string[]): TypedCommand {
  const quoted = [process.execPath, 'lab/main.ts', ...args].map((word) => `'${word}'`);
  return new TypedCommand(`exec ${quoted.join(' ')}`);
}

/** Processes whose command line names the folder: servers and brokers of that lab. */
function listProcesses(dir: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(dir) && line.includes('java'));
}

describe('the lab as a process', () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(path.join(tmpdir(), 'kafka-lab-'));
  });
  afterEach(() => rmSync(data, { recursive: true, force: true }));

  it('is started once, driven from another terminal, survives a kill -9, and ends with nothing left', async () => {
    const first = startLab('up', '--data', data, '--ports', 'auto');
    await first.waitFor('the lab runs');

    const second = await startLab('up', '--data', data, '--ports', 'auto').finished;
    expect(second.code).toBe(1);
    expect(second.output).toContain(`a lab already runs on ${data} (pid ${String(first.child.pid)})`);

    expect((await startLab('scale', 'consumer', '2', '--data', data).finished).code).toBe(0);
    await first.waitFor('consumer-2: ready');
    const status = await startLab('status', '--data', data).finished;
    expect(status.code).toBe(0);
    expect(status.output).toMatch(/kafka-2 +ready/);
    expect(status.output).toContain('2 members, 6 partitions: balanced, 3 each');
    const logs = await startLab('logs', 'consumer', '--data', data).finished;
    expect(logs.output).toContain('[consumer-2] ');

    first.child.kill('SIGKILL');
    await first.finished;
    expect(listProcesses(data)).toHaveLength(6);
    const orphaned = await startLab('status', '--data', data, '--platform', 'local').finished;
    expect(orphaned.code).toBe(1);
    expect(orphaned.output).toContain('no lab runs here');

    const next = startLab('up', '--data', data, '--ports', 'auto');
    await next.waitFor('the lab runs');
    expect(next.output).toContain('ended what an earlier lab left running');
    expect(listProcesses(data)).toHaveLength(6);

    const follower = startLab('logs', 'consumer', '--follow', '--data', data);
    await follower.waitFor('[consumer-1] ');
    const down = await startLab('down', '--data', data).finished;
    expect((await follower.finished).code).toBe(0);
    expect(down).toEqual({ code: 0, output: '' });
    expect((await next.finished).code).toBe(0);
    expect(listProcesses(data)).toEqual([]);
  });

  it('demonstrates how the group balances, and judges it', async () => {
    const lab = await startLab('demo', '--data', data, '--ports', 'auto', '--hold', '1000').finished;
    expect(lab.output).toContain('6 → 7 consumers: balanced after');
    expect(lab.output).toContain('7 members, 6 partitions: consumer-7 is idle by design');
    expect(lab.output).toMatch(
      /7 → 2 consumers: balanced after .*\n.*\n.*\n.*2 members, 6 partitions: balanced, 3 each/,
    );
    expect(lab.output).toMatch(/pass +nothing-acknowledged-lost/);
    expect(lab.output).toMatch(/^verdict: pass$/m);
    expect(lab.code).toBe(0);
    expect(listProcesses(data)).toEqual([]);
  });

  it('leaves nothing behind when it is interrupted while it starts', async () => {
    const lab = startLab('up', '--data', data, '--ports', 'auto');
    await lab.waitFor('starting 3 ZooKeeper servers');
    await waitUntil(() => (listProcesses(data).length > 0 ? true : undefined), { what: 'a server', timeoutMs: 20_000 });
    lab.child.kill('SIGINT');
    const { code, output } = await lab.finished;
    expect(code).toBe(130);
    expect(output).not.toContain('    at ');
    expect(listProcesses(data)).toEqual([]);
  });

  it('refuses data of another layout, and says what to do', async () => {
    writeFileSync(path.join(data, 'stamp.json'), '{"layout":0}');
    const lab = await startLab('up', '--data', data, '--ports', 'auto').finished;
    expect(lab.code).toBe(1);
    expect(lab.output).toContain('start with --fresh');
    expect(readFileSync(path.join(data, 'stamp.json'), 'utf8')).toBe('{"layout":0}');
  });

  it.each([
    {
      title: 'a bad port choice',
      args: ['up', '--ports', 'many'],
      sentence: /--ports is "many"; it must be fixed or auto/,
    },
    {
      title: 'a bad number of replicas',
      args: ['scale', 'consumer', 'four'],
      sentence: /"four"; it must be a whole number/,
    },
    { title: 'bad steps', args: ['demo', '--steps', '1,x'], sentence: /--steps is "x"/ },
  ])('refuses $title with one sentence and exit 2', async ({ args, sentence }) => {
    const { code, output } = await startLab(...args, '--data', data).finished;
    expect(output).toMatch(sentence);
    expect(output).not.toContain('    at ');
    expect(code).toBe(2);
  });

  it.each([
    { title: 'an option that there is none of', args: ['verify', '--sed', '1'], sentence: "unknown option '--sed'" },
    { title: 'an alias without an anchor', file: 'steps: *there', sentence: 'line 3: the alias *there has no anchor' },
    { title: 'an alias in itself', file: 'steps: &a [*a]', sentence: 'line 3: the alias *a is a part of' },
    { title: 'a directory in place of a scenario', args: ['verify', '/tmp/'], sentence: 'EISDIR' },
    { title: 'a file in place of a run', args: ['judge', 'package.json'], sentence: 'is no directory of a run' },
    { title: 'another directory', args: ['judge', 'lab'], sentence: 'history.jsonl cannot be read' },
    { title: 'a torn directory', journal: '{"kind":"run"}\n', sentence: 'history.jsonl: line 1 is damaged: format: ' },
    { title: 'no journal at all', journal: 'hello\n', sentence: 'history.jsonl: line 1 is damaged: Unexpected' },
    { title: 'no saved run to compare', args: ['compare', 'lab', 'lab'], sentence: 'run.json cannot be read' },
    {
      title: 'another document to compare',
      args: ['compare', 'package.json', 'lab'],
      sentence: 'package.json is damaged',
    },
  ])('has no verdict on $title, which is 2 and a sentence', async ({ args, file, journal, sentence }) => {
    const scenario = path.join(data, 'mine.yaml');
    writeFileSync(scenario, `name: mine\ndescription: For a test.\n${file ?? ''}`);
    if (journal !== undefined) writeFileSync(path.join(data, 'history.jsonl'), journal);
    const typed = args ?? (file === undefined ? ['judge', data] : ['verify', scenario]);
    const { code, output } = await startLab(...typed).finished;
    expect(output).toContain(sentence);
    expect(output).not.toContain('    at ');
    expect(code).toBe(2);
  });

  it('says in one sentence what is missing on a machine without Java', async () => {
    const child = spawn(process.execPath, ['lab/main.ts', 'up', '--data', data, '--ports', 'auto'], {
      cwd: ROOT,
      env: { PATH: '/nonexistent' },
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(1);
    expect(output).toMatch(/^Java 17 or newer is not installed\. Debian: apt-get install .*\n$/);
  });

  it.each(['producer', 'consumer'])(
    'the %s names every bad variable of its environment and exits with 2',
    async (service) => {
      const child = spawn(process.execPath, [`services/${service}/main.ts`], {
        cwd: ROOT,
        env: { PATH: process.env['PATH'] ?? '', PORT: 'http', LOG_FORMAT: 'xml' },
      });
      let output = '';
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect(code).toBe(2);
      for (const name of ['PORT', 'LOG_FORMAT', 'KAFKA_BROKERS', 'POD_NAME', 'POD_UID', 'NODE_NAME']) {
        expect(output).toContain(`${name} is `);
      }
    },
  );
});
