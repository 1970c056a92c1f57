import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { savedRunSchema, type SavedRun } from '../../lib/contracts/saved-run.ts';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { parseJsonAs } from '../history/parse-as.ts';
import { readFileWhole } from '../../lib/lines/read-file-whole.ts';

/** Name of a run's document in its directory. */
export const RUN_FILE = 'run.json';
/** Runs of half an hour have some hundred KiB. */
const LONGEST_RUN_BYTES = 64 * 1024 * 1024;

/**
 * The document of a run, by its directory or by itself.
 *
 * @throws AppError `not-found`, `data-mismatch` when it is no saved run
 */
export async function readSavedRun(dirOrFile: string): Promise<SavedRun> {
  const file = dirOrFile.endsWith('.json') ? dirOrFile : path.join(dirOrFile, RUN_FILE);
  return parseJsonAs(file, savedRunSchema, await readFileWhole(file, LONGEST_RUN_BYTES));
}

/** What a folder of runs holds. */
export interface LatestRuns {
  /** The last run of each scenario, seed, platform and settings. */
  readonly runs: readonly SavedRun[];
  /** Why others could not be read, in sentences. */
  readonly unreadable: readonly string[];
}

/** @throws AppError `not-found` when there is no such folder */
export async function readLatestRuns(dir: string): Promise<LatestRuns> {
  const entries = await readdir(dir, { recursive: true }).catch((error: unknown) => {
    throw new AppError('not-found', `${dir} cannot be read: ${messageOf(error)}`, { cause: error });
  });
  const latest = new Map<string, SavedRun>();
  const unreadable: string[] = [];
  for (const file of entries.filter((entry) => path.basename(entry) === RUN_FILE)) {
    try {
      const run = await readSavedRun(path.join(dir, file));
      const name = JSON.stringify([run.scenario.name, run.scenario.seed, run.platform, run.settings]);
      if ((latest.get(name)?.startedAt ?? 0) < run.startedAt) latest.set(name, run);
    } catch (error) {
      unreadable.push(messageOf(error));
    }
  }
  return { runs: [...latest.values()], unreadable };
}
