import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inheritEnvironment } from './inherited-environment.ts';
import { findLiveProcess } from './pid-file.ts';
import { startProcess, type ProcessSpec, type StartedProcess } from './start-process.ts';

const IDLE = 'setInterval(() => undefined, 1000);';

describe('startProcess', () => {
  let dir: string;
  let running: StartedProcess | undefined;
  const start = (script: string, options: Partial<ProcessSpec> = {}): StartedProcess =>
    (running = startProcess({
      name: 'it',
      command: [process.execPath, '-e', script],
      environment: inheritEnvironment(),
      ...options,
    }));

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'process-'));
  });
  afterEach(async () => {
    running?.signal('SIGKILL');
    await running?.exited.catch(() => undefined);
    rmSync(dir, { recursive: true, force: true });
  });

  it('gives what a process prints, and how it ended', async () => {
    const { outputs, exited, started } = start('console.log("out"); console.error("err"); process.exitCode = 3;');
    await started;
    expect(await Promise.all(outputs.map((output) => text(output)))).toEqual(['out\n', 'err\n']);
    await expect(exited).resolves.toEqual({ code: 3, signal: null });
  });

  it('writes to the end of a log file', async () => {
    const logFile = path.join(dir, 'it.log');
    for (const word of ['one', 'two']) {
      const { outputs, exited } = start(`console.log(${JSON.stringify(word)})`, { logFile });
      expect(outputs).toEqual([]);
      await exited;
    }
    expect(readFileSync(logFile, 'utf8')).toBe('one\ntwo\n');
  });

  it('is noted in a file while it lives', async () => {
    const pidFile = path.join(dir, 'it.pid');
    const started = start(IDLE, { pidFile });
    expect(findLiveProcess(pidFile)).toBe(started.pid);
    await started.stop(10_000);
    expect(started.isRunning()).toBe(false);
    expect(existsSync(pidFile)).toBe(false);
  });

  it('ends a process by SIGTERM', async () => {
    const started = start(`process.on('SIGTERM', () => process.exit(7)); console.log('up'); ${IDLE}`);
    await once(started);
    await expect(started.stop(10_000)).resolves.toEqual({ code: 7, signal: null });
  });

  it('kills a process that does not end within its grace period', async () => {
    const started = start(`process.on('SIGTERM', () => undefined); console.log('up'); ${IDLE}`);
    await once(started);
    await expect(started.stop(50)).resolves.toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('ends a process that is paused', async () => {
    const started = start(`console.log('up'); ${IDLE}`);
    await once(started);
    started.signal('SIGSTOP');
    await expect(started.stop(10_000)).resolves.toEqual({ code: null, signal: 'SIGTERM' });
  });

  it.each([
    {
      what: 'is not there',
      program: 'no-such-program',
      sentence: 'it could not be started: there is no program no-such-program',
    },
    {
      what: 'may not be executed',
      program: '/dev/null',
      sentence: 'it could not be started: /dev/null may not be executed',
    },
  ])('says that a program $what', async ({ program, sentence }) => {
    const started = start('', { command: [program] });
    const expected = { code: 'process-failed', message: sentence };
    await expect(started.started).rejects.toMatchObject(expected);
    await expect(started.exited).rejects.toMatchObject(expected);
    expect([started.pid, started.isRunning()]).toEqual([undefined, false]);
  });
});

/** Resolves when it has printed something. */
async function once({ outputs: [stdout] }: StartedProcess): Promise<void> {
  await new Promise((resolve) => stdout?.once('data', resolve));
}
