import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../lib/errors/app-error.ts';
import { writePidFile } from './pid-file.ts';
import { signalGroup } from './process-group.ts';

export interface ProcessSpec {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly logFile: string;
  readonly pidFile: string;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process with its log in a file and its id noted, so that no run of the lab can lose it. */
export interface ManagedProcess {
  readonly pid: number;
  readonly startedAt: Date;
  /** Resolves when the process has ended, and with it all that it has started. */
  readonly exited: Promise<Exit>;
  isRunning(): boolean;
  /** To the process and all that it has started. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL if it is still there after the grace period. A paused process is resumed to hear it. */
  stop(gracePeriodMs: number): Promise<Exit>;
}

const live = new Set<ChildProcess>();
const LOOK_MS = 20;

// Whatever ends the lab, an uncaught error too, its processes end with it; `kill -9` is left to the next start.
process.on('exit', () => {
  for (const { pid } of live) if (pid !== undefined) signalGroup(pid, 'SIGKILL');
});

/**
 * @throws AppError `process-failed` when the program cannot be started at all
 */
export async function startProcess(spec: ProcessSpec): Promise<ManagedProcess> {
  const [program, ...args] = spec.command;
  if (program === undefined) throw new RangeError('a command has at least a program');
  const log = openSync(spec.logFile, 'a', 0o600);
  // A process group of its own: Ctrl-C in a terminal reaches the lab only, which then stops things in order.
  const child = spawn(program, args, {
    cwd: spec.workingDir,
    env: spec.environment,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  // Noted before anything is awaited: from here on it can be killed with the lab, or found by the next one.
  live.add(child);
  if (child.pid !== undefined) writePidFile(spec.pidFile, child.pid);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      live.delete(child);
      reject(
        new AppError('process-failed', `${spec.name} could not be started: ${explain(cause, program)}`, { cause }),
      );
    });
  });
  return watch(spec, child);
}

function explain(error: Error, program: string): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `there is no program ${program}`;
  return code === 'EACCES' ? `${program} may not be executed` : error.message;
}

function watch(spec: ProcessSpec, child: ChildProcess): ManagedProcess {
  const pid = child.pid;
  if (pid === undefined) throw new AppError('process-failed', `${spec.name} has no process id`);
  let exit: Exit | undefined;
  /** When a stop that was begun becomes a kill, by the clock of `performance`. */
  let deadline = 0;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      void outlive(pid, () => deadline).then(() => {
        live.delete(child);
        rmSync(spec.pidFile, { force: true });
        resolve({ code, signal });
      });
    });
  });
  const signal = (name: NodeJS.Signals): void => {
    if (exit === undefined) signalGroup(pid, name);
  };
  return {
    pid,
    startedAt: new Date(),
    exited,
    isRunning: () => exit === undefined,
    signal,
    async stop(gracePeriodMs) {
      deadline = performance.now() + gracePeriodMs;
      signal('SIGTERM');
      signal('SIGCONT');
      const force = setTimeout(() => signal('SIGKILL'), gracePeriodMs);
      try {
        return await exited;
      } finally {
        clearTimeout(force);
      }
    },
  };
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
