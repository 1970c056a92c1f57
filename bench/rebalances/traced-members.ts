import { AppError } from '../../lib/errors/app-error.ts';
import type { BenchProcess } from '../bench-process.ts';
import { parseTraceLine, type Processing } from './trace.ts';

const LAST_LINES = 5;

/** The processes of a traced group's members, and what they told on their standard output. */
export class TracedMembers {
  /** What was processed, in the order in which it was told. */
  readonly trace: Processing[] = [];
  readonly #began = new Map<string, number>();
  readonly #lastLines = new Map<string, string[]>();
  readonly #members = new Map<string, BenchProcess>();
  readonly #ended = new Set<string>();
  readonly #processes: BenchProcess[] = [];

  /** Replicas that ought to be members now. */
  get names(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** Listens to a process from now on, and returns its name. */
  add(child: BenchProcess): string {
    const { name } = child;
    this.#processes.push(child);
    this.#members.set(name, child);
    void child.exited.finally(() => this.#ended.add(name)).catch(() => undefined);
    child.onLine((line) => {
      const told = parseTraceLine(line);
      if (told?.kind === 'begins') this.#began.set(name, told.at);
      if (told?.kind === 'processed') {
        this.trace.push({ at: told.at, partition: told.partition, offset: told.offset, replica: name });
      } else {
        this.#lastLines.set(name, [...(this.#lastLines.get(name) ?? []), line].slice(-LAST_LINES));
      }
    });
    return name;
  }

  beganAt(replica: string): number | undefined {
    return this.#began.get(replica);
  }

  end(replica: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#members.get(replica)?.kill(signal);
    this.#members.delete(replica);
  }

  /** @throws AppError `process-failed` when one has ended without being told to */
  requireRunning(): void {
    const gone = this.names.find((replica) => this.#ended.has(replica));
    if (gone !== undefined) throw new AppError('process-failed', `${gone} has ended by itself`);
  }

  describeLastLines(): readonly string[] {
    return this.names.flatMap((replica) => (this.#lastLines.get(replica) ?? []).map((line) => `  ${replica}: ${line}`));
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#processes.map((child) => child.stop()));
  }
}
