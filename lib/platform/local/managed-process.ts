import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { AppError } from '../../errors/app-error.ts';
import { writePidFile } from './pid-file.ts';

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
  /** Resolves when the process has ended. */
  readonly exited: Promise<Exit>;
  isRunning(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL if it is still there after the grace period. A paused process is resumed to hear it. */
  stop(gracePeriodMs: number): Promise<Exit>;
}

const live = new Set<ChildProcess>();

// Whatever ends the lab, an uncaught error too, its processes end with it; `kill -9` is left to the next start.
process.on('exit', () => {
  for (const child of live) child.kill('SIGKILL');
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
      reject(new AppError('process-failed', `${spec.name} could not be started: ${cause.message}`, { cause }));
    });
  });
  return watch(spec, child);
}

function watch(spec: ProcessSpec, child: ChildProcess): ManagedProcess {
  const pid = child.pid;
  if (pid === undefined) throw new AppError('process-failed', `${spec.name} has no process id`);
  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      live.delete(child);
      rmSync(spec.pidFile, { force: true });
      exit = { code, signal };
      resolve(exit);
    });
  });
  const signal = (name: NodeJS.Signals): void => {
    if (exit === undefined) child.kill(name);
  };
  return {
    pid,
    startedAt: new Date(),
    exited,
    isRunning: () => exit === undefined,
    signal,
    async stop(gracePeriodMs) {
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
