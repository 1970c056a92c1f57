import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { readFileWhole } from '../../lib/lines/read-file-whole.ts';
import { parseScenario } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';

const SHIPPED_DIR = path.join(import.meta.dirname, 'shipped');
const LONGEST_SCENARIO_BYTES = 1024 * 1024;

/** Names of the scenarios that come with the lab. */
export async function listScenarios(): Promise<readonly string[]> {
  const files = await readdir(SHIPPED_DIR);
  return files.map((file) => path.basename(file, '.yaml')).toSorted();
}

/**
 * The scenario of a name, or in a file.
 *
 * @throws AppError `invalid-configuration` when there is none, or it is flawed
 */
export async function findScenario(nameOrFile: string): Promise<Scenario> {
  const names = await listScenarios();
  const isShipped = names.includes(nameOrFile);
  if (!isShipped && !/[/.]/.test(nameOrFile)) {
    throw new AppError(
      'invalid-configuration',
      `there is no scenario ${nameOrFile}; there are ${names.join(', ')}, and files of your own`,
    );
  }
  const file = isShipped ? path.join(SHIPPED_DIR, `${nameOrFile}.yaml`) : nameOrFile;
  const text = await readFileWhole(file, LONGEST_SCENARIO_BYTES).catch((error: unknown) => {
    throw new AppError('invalid-configuration', messageOf(error), { cause: error });
  });
  return isShipped ? parseScenario(text, nameOrFile) : { ...parseScenario(text, file), file };
}
