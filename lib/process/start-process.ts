import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../errors/app-error.ts';
import { writePidFile } from './pid-file.ts';
import { signalGroup } from './process-group.ts';

/** What a process is started from, and the files by which it is found again. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** @default this process's own */
  readonly workingDir?: string;
  /** File at whose end its output is written. @default its output is read from `outputs` */
  readonly logFile?: string;
  /** File in which its id is noted, so that no run of the lab can lose it. @default none */
  readonly pidFile?: string;
}

/** How a process ended. */
interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process, which ends with this one at the latest. */
export interface StartedProcess {
  /** None of a program that could not be started. */
  readonly pid: number | undefined;
  readonly startedAt: Date;
  /** Rejects with an AppError `process-failed` when the program could not be started at all. */
  readonly started: Promise<void>;
  /** Resolves when the process has ended, and with it all that it has started; rejects as `started`. */
  readonly exited: Promise<Exit>;
  /** Its standard output and its standard error, unless they go to a file. */
  readonly outputs: readonly Readable[];
  isRunning(): boolean;
  /** To the process and all that it has started. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL if it is still there after the grace period. A paused process is resumed to hear it. */
  stop(gracePeriodMs: number): Promise<Exit>;
}

const live = new Set<ChildProcess>();
const LOOK_MS = 20;

// Whatever ends this process, an uncaught error too, its children end with it; `kill -9` is left to the next start.
process.on('exit', () => {
  for (const { pid } of live) if (pid !== undefined) signalGroup(pid, 'SIGKILL');
});

/** Starts a process in a group of its own: Ctrl-C in a terminal reaches this one only, which then stops things in order. */
export function startProcess(spec: ProcessSpec): StartedProcess {
  const [program, ...args] = spec.command;
  if (program === undefined) throw new RangeError('a command has at least a program');
  const log = spec.logFile === undefined ? undefined : openSync(spec.logFile, 'a', 0o600);
  const child: ChildProcess = spawn(program, args, {
    cwd: spec.workingDir,
    env: spec.environment,
    detached: true,
    stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'],
  });
  if (log !== undefined) closeSync(log);
  // Noted before anything is awaited: from here on it can be killed with the lab, or found by the next one.
  live.add(child);
  if (child.pid !== undefined && spec.pidFile !== undefined) writePidFile(spec.pidFile, child.pid);
  return watch(spec, program, child);
}

function watch(spec: ProcessSpec, program: string, child: ChildProcess): StartedProcess {
  const { pid, stdout, stderr } = child;
  let exit: Exit | undefined;
  /** When a stop that was begun becomes a kill, by the clock of `performance`. */
  let deadline = 0;
  const started = Promise.withResolvers<undefined>();
  const exited = Promise.withResolvers<Exit>();
  child.once('spawn', () => started.resolve(undefined));
  child.once('error', (cause) => {
    live.delete(child);
    const sentence = `${spec.name} could not be started: ${explain(cause, program)}`;
    const error = new AppError('process-failed', sentence, { cause });
    started.reject(error);
    exited.reject(error);
  });
  child.once('exit', (code, signal) => {
    exit = { code, signal };
    void outlive(pid ?? 0, () => deadline).then(() => {
      live.delete(child);
      if (spec.pidFile !== undefined) rmSync(spec.pidFile, { force: true });
      exited.resolve({ code, signal });
    });
  });
  // Whoever waits for neither is told nothing.
  for (const promise of [started.promise, exited.promise]) promise.catch(() => undefined);
  const signal = (name: NodeJS.Signals): void => {
    if (exit === undefined && pid !== undefined) signalGroup(pid, name);
  };
  return {
    pid,
    startedAt: new Date(),
    started: started.promise,
    exited: exited.promise,
    outputs: [stdout, stderr].filter((output) => output !== null),
    isRunning: () => exit === undefined && pid !== undefined,
    signal,
    async stop(gracePeriodMs) {
      deadline = performance.now() + gracePeriodMs;
      signal('SIGTERM');
      signal('SIGCONT');
      const force = setTimeout(() => signal('SIGKILL'), gracePeriodMs);
      try {
        return await exited.promise;
      } finally {
        clearTimeout(force);
      }
    },
  };
}

function explain(error: Error, program: string): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `there is no program ${program}`;
  return code === 'EACCES' ? `${program} may not be executed` : error.message;
}

/** What a process has started may end after it until the deadline of a stop; otherwise, and then, it is killed. */
async function outlive(leader: number, readDeadline: () => number): Promise<void> {
  while (signalGroup(leader, 0)) {
    if (performance.now() >= readDeadline()) {
      signalGroup(leader, 'SIGKILL');
      return;
    }
    await delay(LOOK_MS);
  }
}
