import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { AppError } from '../lib/errors/app-error.ts';
import { LONGEST_LOG_LINE_BYTES, readLines } from '../lib/lines/read-lines.ts';
import { inheritEnvironment } from '../platforms/local/inherited-environment.ts';

export interface BenchProcessSpec {
  readonly name: string;
  readonly command: readonly string[];
  /** Beside what every process inherits. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default the current folder */
  readonly workingDir?: string;
}

/** A process that is measured: its lines as they come, and what it used of the machine. */
export interface BenchProcess {
  readonly name: string;
  readonly pid: number;
  /** When it was started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** Resolves with its exit code, null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Calls back with every line it prints from now on, of both streams. */
  onLine(listener: (line: string) => void): void;
  /** The first line that matches. @throws AppError `timed-out`, or `process-failed` when it ends before */
  waitLine(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray>;
  /** CPU time used so far, in milliseconds; Linux only, elsewhere NaN. */
  cpuMs(): number;
  /** Resident memory now, in MiB; Linux only, elsewhere NaN. */
  residentMiB(): number;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL after the grace period. */
  stop(gracePeriodMs?: number): Promise<void>;
}

const LAST_LINES = 20;
/** USER_HZ, which Linux fixes for /proc. */
const TICK_MS = 10;

/** Every process that still runs ends with this one. */
const live = new Set<BenchProcess>();
process.on('exit', () => {
  for (const one of live) one.kill('SIGKILL');
});

/** Starts a process whose output is read line by line. */
export function startBenchProcess({ name, command, environment, workingDir }: BenchProcessSpec): BenchProcess {
  const [program, ...args] = command;
  if (program === undefined) throw new RangeError('a command has at least a program');
  const child = spawn(program, args, {
    env: { ...inheritEnvironment(), NODE_NO_WARNINGS: '1', ...environment },
    cwd: workingDir,
    // Of a group of its own: Ctrl-C reaches the benchmark only, which ends things in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  const listeners = new Set<(line: string) => void>();
  const last: string[] = [];
  const take = async (output: Readable): Promise<void> => {
    for await (const { text } of readLines(output, LONGEST_LOG_LINE_BYTES)) {
      last.push(text);
      if (last.length > LAST_LINES) last.shift();
      for (const listener of listeners) listener(text);
    }
  };
  // How it ends is told by `exited`.
  for (const output of [child.stdout, child.stderr]) take(output).catch(() => undefined);
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('exit', (code) => {
      live.delete(self);
      resolve(code);
    });
    child.once('error', (cause) => reject(new AppError('process-failed', `${name}: ${cause.message}`, { cause })));
  });
  exited.catch(() => undefined);
  if (pid === undefined) throw new AppError('process-failed', `${name} could not be started: ${program} is not there`);
  const self: BenchProcess = {
    name,
    pid,
    startedAt: Date.now(),
    exited,
    onLine: (listener) => void listeners.add(listener),
    waitLine: (pattern, timeoutMs) =>
      new Promise((resolve, reject) => {
        const fail = (code: 'timed-out' | 'process-failed', what: string): void => {
          end();
          reject(new AppError(code, `${name} ${what}; it said last:\n${last.join('\n')}`));
        };
        const look = (line: string): void => {
          const match = pattern.exec(line);
          if (match === null) return;
          end();
          resolve(match);
        };
        const timer = setTimeout(() => fail('timed-out', `printed no ${String(pattern)} in time`), timeoutMs);
        const end = (): void => {
          clearTimeout(timer);
          listeners.delete(look);
        };
        listeners.add(look);
        for (const line of last) look(line);
        void exited.then(
          () => setImmediate(() => listeners.has(look) && fail('process-failed', 'has ended')),
          () => undefined,
        );
      }),
    cpuMs: () => readCpuMs(pid),
    residentMiB: () => readResidentMiB(pid),
    kill(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    },
    async stop(gracePeriodMs = 20_000) {
      self.kill('SIGTERM');
      const force = setTimeout(() => self.kill('SIGKILL'), gracePeriodMs);
      await exited;
      clearTimeout(force);
    },
  };
  live.add(self);
  return self;
}

/** Fields 14 and 15 of proc(5)'s stat, behind the name in brackets. */
function readCpuMs(pid: number): number {
  const fields = readProc(pid, 'stat')?.split(') ')[1]?.split(' ');
  return fields === undefined ? NaN : (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function readResidentMiB(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, 'status') ?? '');
  return match === null ? NaN : Number(match[1]) / 1024;
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
