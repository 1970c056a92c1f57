import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { AppError } from '../lib/errors/app-error.ts';
import { LONGEST_LOG_LINE_BYTES, readLines } from '../lib/lines/read-lines.ts';
import { inheritEnvironment } from '../lib/process/inherited-environment.ts';
import { startProcess } from '../lib/process/start-process.ts';

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

/** Starts a process whose output is read line by line. */
export function startBenchProcess({ name, command, environment, workingDir }: BenchProcessSpec): BenchProcess {
  const child = startProcess({
    name,
    command,
    environment: { ...inheritEnvironment(), NODE_NO_WARNINGS: '1', ...environment },
    ...(workingDir !== undefined && { workingDir }),
  });
  const { pid } = child;
  if (pid === undefined)
    throw new AppError('process-failed', `${name} could not be started: ${command[0] ?? ''} is not there`);
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
  for (const output of child.outputs) take(output).catch(() => undefined);
  const exited = child.exited.then(({ code }) => code);
  return {
    name,
    pid,
    startedAt: child.startedAt.getTime(),
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
    kill: (signal) => child.signal(signal),
    async stop(gracePeriodMs = 20_000) {
      await child.stop(gracePeriodMs);
    },
  };
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
