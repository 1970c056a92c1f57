import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { signalGroup } from '../lib/process/process-group.ts';
import { waitUntil } from '../platforms/wait-until.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** A command as a user types it, in a process group of its own: `make` and what it starts end together. */
export class TypedCommand {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  output = '';

  constructor(line: string, environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn('bash', ['-c', line], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...environment },
    });
    const collect = (chunk: Buffer): void => void (this.output += chunk.toString('utf8'));
    this.child.stdout?.on('data', collect);
    this.child.stderr?.on('data', collect);
    this.finished = new Promise((resolve) => {
      this.child.on('close', (code) => resolve({ code, output: this.output }));
    });
  }

  /** Waits until it has written a text, or one that fits a pattern. */
  waitFor(text: string | RegExp, timeoutMs = 60_000): Promise<true> {
    return waitUntil(
      () => {
        if (typeof text === 'string' ? this.output.includes(text) : text.test(this.output)) return true;
        if (this.child.exitCode !== null) throw new Error(`it ended: ${this.output}`);
        return undefined;
      },
      { what: `${String(text)} in ${this.output.slice(-500)}`, timeoutMs },
    );
  }

  /** Ctrl-C, and the end. */
  async interrupt(): Promise<Finished> {
    const { pid } = this.child;
    if (pid !== undefined && this.child.exitCode === null) signalGroup(pid, 'SIGINT');
    return this.finished;
  }
}

/** Runs a command to its end. */
export function type(line: string, environment?: Readonly<Record<string, string>>): Promise<Finished> {
  return new TypedCommand(line, environment).finished;
}

/** Runs a command that must succeed, and gives what it wrote. */
export async function typeWell(line: string): Promise<string> {
  const { code, output } = await type(line);
  if (code !== 0) throw new Error(`${line} ended with ${String(code)}: ${output}`);
  return output;
}
