import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { savedRunSchema, type SavedRun } from '../../lib/contracts/saved-run.ts';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';

/** Name of a run's document in its directory. */
export const RUN_FILE = 'run.json';

/**
 * The document of a run, by its directory or by itself.
 *
 * @throws AppError `not-found`, `data-mismatch` when it is no saved run
 */
export async function readSavedRun(dirOrFile: string): Promise<SavedRun> {
  const file = dirOrFile.endsWith('.json') ? dirOrFile : path.join(dirOrFile, RUN_FILE);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new AppError('not-found', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  });
  try {
    return savedRunSchema.parse(JSON.parse(text));
  } catch (error) {
    const why = `${file} is no saved run, or of another version: ${messageOf(error)}`;
    throw new AppError('data-mismatch', why, { cause: error });
  }
}

/** The last run of each scenario, seed and platform that a folder of runs holds. Directories without a document are left out. */
export async function readLatestRuns(dir: string): Promise<readonly SavedRun[]> {
  const files = (await readdir(dir, { recursive: true })).filter((file) => path.basename(file) === RUN_FILE);
  const latest = new Map<string, SavedRun>();
  for (const file of files) {
    const run = await readSavedRun(path.join(dir, file));
    const name = `${run.scenario.name}/${String(run.scenario.seed)}/${run.platform}`;
    if ((latest.get(name)?.startedAt ?? 0) < run.startedAt) latest.set(name, run);
  }
  return [...latest.values()];
}
