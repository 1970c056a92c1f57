import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultKind } from '../../lib/contracts/replica.ts';
import { waitUntil } from '../wait-until.ts';
import { buildFaultCommand, DONE, REFUSED } from './fault-scripts.ts';

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const hasBusybox = spawnSync('busybox', ['true']).status === 0;
const SHELLS = [
  { shell: 'sh', before: [] as readonly string[] },
  // The images of Kafka are built on Alpine.
  ...(hasBusybox ? [{ shell: 'busybox sh', before: ['busybox'] }] : []),
];

/** Runs as the shell of the pod would; /proc is stood in for by a folder with the pod's processes only. */
describe.each(SHELLS)('fault scripts in $shell', ({ before }) => {
  let dir: string;
  let procDir: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'faults-'));
    procDir = path.join(dir, 'proc');
    mkdirSync(procDir);
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(dir, { recursive: true });
  });

  const inject = (kind: FaultKind): Promise<Outcome> => {
    const [program = '', ...args] = [...before, ...buildFaultCommand(kind, { program: 'node', procDir, runDir: dir })];
    return new Promise((resolve) => {
      const child = execFile(program, args, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
    });
  };
  /** A node process that the script can see. Node.js calls its main thread otherwise. */
  const start = async (script = 'setInterval(() => {}, 1000)', args: readonly string[] = []): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['-e', `${script}; console.log('up')`, ...args]);
    children.push(child);
    await once(child.stdout, 'data');
    show(child.pid ?? 0);
    return child;
  };
  const show = (pid: number): void => symlinkSync(`/proc/${String(pid)}`, path.join(procDir, String(pid)));
  const readState = ({ pid }: ChildProcess): string =>
    readFileSync(`/proc/${String(pid)}/stat`, 'utf8').replace(/^.*\) (\S).*$/s, '$1');
  const refusal = (reason: string): Outcome => ({ code: REFUSED, stdout: `${reason}\n`, stderr: '' });
  const done: Outcome = { code: 0, stdout: `${DONE}\n`, stderr: '' };

  it('pauses and resumes, and refuses to do it twice', async () => {
    const child = await start();
    expect(await inject('resume')).toEqual(refusal('it is not paused'));
    expect(await inject('pause')).toEqual(done);
    expect(readState(child)).toBe('T');
    expect(await inject('pause')).toEqual(refusal('it does not run, or is paused already'));
    expect(await inject('resume')).toEqual(done);
    expect(readState(child)).not.toBe('T');
    expect(await inject('resume')).toEqual(refusal('it is not paused'));
  });

  it('kills, also what is paused, and is done when it is gone', async () => {
    const child = await start();
    await inject('pause');
    const exited = once(child, 'exit');
    expect(await inject('kill')).toEqual(done);
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  it.each(['kill', 'pause', 'resume'] as const)('refuses to %s what does not run', async (kind) => {
    const { code, stdout } = await inject(kind);
    expect(code).toBe(REFUSED);
    expect(stdout).toMatch(/^it (does not run|is not paused)/);
  });

  it('is done with a kill when the launcher has noticed it, too', async () => {
    const child = await start();
    const life = path.join(dir, 'life');
    writeFileSync(life, '1 2026-11-22T17:00:00Z running\n');
    let noticedAt = 0;
    child.once('exit', () => {
      setTimeout(() => {
        noticedAt = performance.now();
        writeFileSync(life, '1 2026-11-22T17:00:00Z waiting\n');
      }, 400);
    });
    expect(await inject('kill')).toEqual(done);
    expect(noticedAt).toBeGreaterThan(0);
  });

  it('chooses the oldest of several, and a child of the launcher before what was started by exec', async () => {
    const launcher = spawn('sh', [
      '-c',
      `"${process.execPath}" -e 'setInterval(() => {}, 1000); console.log(process.pid)'; :`,
    ]);
    children.push(launcher);
    const [text] = (await once(launcher.stdout, 'data')) as [Buffer];
    const main = Number(text.toString('utf8'));
    show(launcher.pid ?? 0);
    show(main);
    const helper = await start();
    expect(helper.pid).toBeGreaterThan(main);
    await inject('pause');
    expect(readFileSync(`/proc/${String(main)}/stat`, 'utf8')).toMatch(/\) T /);
    expect(readState(helper)).not.toBe('T');
    // The launcher starts it again, and the helper is older then.
    process.kill(main, 'SIGKILL');
    await once(launcher, 'exit');
    rmSync(path.join(procDir, String(main)));
    expect(await inject('pause')).toEqual(done);
    expect(readState(helper)).toBe('T');
  });

  it('prefers a restarted program to an older helper', async () => {
    const launcher = spawn('sh', [
      '-c',
      `read -r line; "${process.execPath}" -e 'setInterval(() => {}, 1000); console.log(process.pid)'; :`,
    ]);
    children.push(launcher);
    const helper = await start();
    launcher.stdin.write('go\n');
    const [text] = (await once(launcher.stdout, 'data')) as [Buffer];
    const main = Number(text.toString('utf8'));
    children.push(launcher);
    show(launcher.pid ?? 0);
    show(main);
    expect(await inject('kill')).toEqual(done);
    await waitUntil(() => !existsSync(`/proc/${String(main)}/exe`) || undefined, { what: 'its end', timeoutMs: 5000 });
    expect(helper.exitCode ?? helper.signalCode).toBeNull();
  });

  it('reads the state of a process whose name looks like the end of a name', async () => {
    const child = await start("process.title = 'a) T 1 (b'; setInterval(() => {}, 1000)");
    expect(await inject('resume')).toEqual(refusal('it is not paused'));
    expect(await inject('pause')).toEqual(done);
    expect(readState(child)).toBe('T');
  });

  it('stops in order until it is started, also what is paused', async () => {
    const child = await start("process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000)");
    await inject('pause');
    const exited = once(child, 'exit');
    expect(await inject('stop')).toEqual(done);
    expect(await exited).toEqual([7, null]);
    expect(existsSync(path.join(dir, 'stop-wanted'))).toBe(true);
    expect(await inject('stop')).toEqual(refusal('it is stopped already'));
    expect(await inject('start')).toEqual(done);
    expect(existsSync(path.join(dir, 'stop-wanted'))).toBe(false);
    expect(await inject('start')).toEqual(refusal('it is not stopped'));
  });

  it('notes the wish to stop of a program that waits for its turn', async () => {
    expect(await inject('stop')).toEqual(done);
    expect(existsSync(path.join(dir, 'stop-wanted'))).toBe(true);
  });
});
