import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { identifyProcess } from './process-identity.ts';

const pidFileSchema = z.object({ pid: z.int().positive(), identity: z.string() });

/** A process noted in a file, so that a later run can tell whether it still lives. */
export type PidFile = z.infer<typeof pidFileSchema>;

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

/** Ends what a lab that was killed left behind, and returns the names of it. */
export function killLeftovers(runDir: string): string[] {
  const killed: string[] = [];
  for (const file of readdirSync(runDir).filter((name) => name.endsWith('.pid'))) {
    const pid = findLiveProcess(path.join(runDir, file));
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL');
      killed.push(path.basename(file, '.pid'));
    }
    rmSync(path.join(runDir, file), { force: true });
  }
  return killed;
}
