import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { signalGroup } from './process-group.ts';
import { identifyProcess } from './process-identity.ts';

/** A process noted in a file, so that a later run can tell whether it still lives. */
const pidFileSchema = z.object({ pid: z.int().positive(), identity: z.string() });

const GONE_TIMEOUT_MS = 10_000;

/** Notes a process; with `exclusive` an existing file is left alone and an error thrown (`EEXIST`). */
export function writePidFile(file: string, pid: number, options: { exclusive?: boolean } = {}): void {
  const identity = identifyProcess(pid);
  if (identity === undefined) return;
  writeFileSync(file, JSON.stringify({ pid, identity }), { flag: options.exclusive ? 'wx' : 'w', mode: 0o600 });
}

/** @returns the process that a file names, if that very process is still there */
export function findLiveProcess(file: string): number | undefined {
  try {
    const noted = pidFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return identifyProcess(noted.pid) === noted.identity ? noted.pid : undefined;
  } catch {
    return undefined;
  }
}

/** Ends what a lab that was killed left behind, waits until it is gone, and returns the names of it. */
export async function killLeftovers(runDir: string): Promise<string[]> {
  const files = readdirSync(runDir).filter((name) => name.endsWith('.pid'));
  const leftovers = files.flatMap((file) => {
    const pid = findLiveProcess(path.join(runDir, file));
    return pid === undefined ? [] : [{ name: path.basename(file, '.pid'), pid, identity: identifyProcess(pid) }];
  });
  for (const { pid } of leftovers) {
    signalGroup(pid, 'SIGKILL');
    killQuietly(pid);
  }
  // Their ports and files are free when they are gone, not when they are told.
  const deadline = Date.now() + GONE_TIMEOUT_MS;
  const isThere = ({ pid, identity }: (typeof leftovers)[number]): boolean => identifyProcess(pid) === identity;
  while (leftovers.some(isThere) && Date.now() < deadline) await delay(20);
  for (const file of files) rmSync(path.join(runDir, file), { force: true });
  return leftovers.map(({ name }) => name);
}

/** It may have ended by itself since it was found. */
function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
