import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../lib/errors/app-error.ts';
import { buildVerdictsPage } from '../../verify/report/build-verdicts-page.ts';
import { readLatestRuns } from '../../verify/report/read-saved-run.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

/**
 * Writes a page of the last verdict of each scenario, seed and platform that a folder of runs holds, of the lab's own consumer
 * with its own settings.
 *
 * @throws AppError `not-found` when it holds none
 */
export async function writeVerdicts(runsDir: string, out: string, { print }: CommandContext): Promise<void> {
  const { runs: all, unreadable } = await readLatestRuns(runsDir);
  unreadable.forEach(print);
  // The demonstration has steps of whoever shows it, and other settings are another consumer.
  const runs = all.filter(({ scenario, settings }) => scenario.name !== 'demo' && settings.length === 0);
  if (runs.length === 0) throw new AppError('not-found', `there is no saved run in ${runsDir}`);
  await writeFile(out, buildVerdictsPage(runs));
  print(`${String(runs.length)} verdicts: ${path.relative('.', path.resolve(out))}`);
}
