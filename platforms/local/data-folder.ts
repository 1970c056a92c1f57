import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../lib/errors/app-error.ts';
import { findLiveProcess, killLeftovers, writePidFile } from '../../lib/process/pid-file.ts';

/** What the data on disk was made by. Data of another stamp is refused, never guessed at. */
interface Stamp {
  readonly layout: number;
  readonly kafka: string;
  readonly zookeeperServers: number;
  readonly brokers: number;
}

/** The folder with everything that one local lab keeps, while this process has it. */
export interface DataFolder {
  readonly dir: string;
  /** A path inside the folder. */
  path(...parts: string[]): string;
  /** Lets the next lab have it. */
  release(): void;
}

interface DataFolderOptions {
  readonly dir: string;
  readonly stamp: Stamp;
  /** Begin with empty data. */
  readonly fresh: boolean;
  readonly tell: (sentence: string) => void;
}

const LOCK = 'lab.lock';
const STAMP = 'stamp.json';
const LEAST_FREE_BYTES = 512 * 1024 * 1024;

/**
 * Takes the folder for this process, ends what a killed lab left behind in it, and checks that its data fits.
 *
 * @throws AppError `already-running` when another lab has it
 * @throws AppError `data-mismatch` when its data was made by another version or layout
 * @throws AppError `missing-requirement` when the disk is nearly full
 */
export async function claimDataFolder({ dir, stamp, fresh, tell }: DataFolderOptions): Promise<DataFolder> {
  const inside = (...parts: string[]): string => path.join(dir, ...parts);
  mkdirSync(inside('run'), { recursive: true, mode: 0o700 });
  requireSpace(dir);
  takeLock(inside(LOCK), dir);
  try {
    const leftovers = await killLeftovers(inside('run'));
    if (leftovers.length > 0) tell(`ended what an earlier lab left running: ${leftovers.join(', ')}`);
    if (fresh) emptyFolder(dir);
    requireStamp(inside(STAMP), stamp);
    for (const part of ['run', 'logs', 'conf', 'tmp']) mkdirSync(inside(part), { recursive: true });
  } catch (error) {
    rmSync(inside(LOCK), { force: true });
    throw error;
  }
  return { dir, path: inside, release: () => rmSync(inside(LOCK), { force: true }) };
}

function takeLock(file: string, dir: string): void {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writePidFile(file, process.pid, { exclusive: true });
      return;
    } catch (error) {
      const holder = findLiveProcess(file);
      if (holder !== undefined) {
        throw new AppError(
          'already-running',
          `a lab already runs on ${dir} (pid ${String(holder)}); end it with \`npm run lab -- down\` or give another --data`,
          { cause: error },
        );
      }
      rmSync(file, { force: true });
    }
  }
  throw new AppError('already-running', `another lab is starting on ${dir}`);
}

function requireStamp(file: string, stamp: Stamp): void {
  const wanted = JSON.stringify(stamp);
  let found: string;
  try {
    found = readFileSync(file, 'utf8');
  } catch {
    writeFileSync(file, wanted);
    return;
  }
  if (found !== wanted) {
    throw new AppError(
      'data-mismatch',
      `the data in ${path.dirname(file)} was made by ${found} and this lab is ${wanted}; start with --fresh to empty it`,
    );
  }
}

/** Everything but the lock, which is held. */
function emptyFolder(dir: string): void {
  for (const part of ['conf', 'data', 'logs', 'run', 'tmp', STAMP]) {
    rmSync(path.join(dir, part), { recursive: true, force: true });
  }
}

function requireSpace(dir: string): void {
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  if (free < LEAST_FREE_BYTES) {
    const mebibytes = (bytes: number): string => `${String(Math.floor(bytes / 1024 / 1024))} MiB`;
    throw new AppError(
      'missing-requirement',
      `${dir} has ${mebibytes(free)} of free disk and the lab needs ${mebibytes(LEAST_FREE_BYTES)}; free some, or give another --data`,
    );
  }
}
