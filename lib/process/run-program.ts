import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs a program to its end and gives what it wrote. What it throws when the program fails, or is not there, is told
 * apart by the functions below.
 */
export const runProgram = promisify(execFile);

/** Whether there is no such program. */
export function isMissingProgram(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

/** What a program wrote until it failed; nothing of one that is not there. */
export function readWritten(error: unknown, output: 'stdout' | 'stderr'): string {
  const written = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[output] : undefined;
  return typeof written === 'string' ? written : '';
}
