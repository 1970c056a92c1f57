import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { LabOptions } from '../lab-settings.ts';

/** What benchmarks are asked for. */
export interface BenchOptions extends LabOptions {
  /** Suites, or none for all of the platform. */
  readonly names: readonly string[];
  readonly rounds?: number;
  /** Folder for a JSON file a suite and, beside it, the page with all of them. */
  readonly out: string;
}

const ENTRY = path.resolve(import.meta.dirname, '../../bench/main.ts');

/**
 * Runs benchmarks in a process of their own, which knows the lab and is not known by it.
 *
 * @returns its exit code
 */
export async function bench(options: BenchOptions): Promise<number> {
  const child = spawn(process.execPath, [ENTRY, JSON.stringify(options)], { stdio: 'inherit' });
  // A terminal interrupts both processes; other signals reach this one alone.
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', pass);
  process.on('SIGHUP', pass);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    process.off('SIGTERM', pass);
    process.off('SIGHUP', pass);
  }
}
