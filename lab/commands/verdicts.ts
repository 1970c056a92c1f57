import { Command, Option } from '@commander-js/extra-typings';
import type { CommandLine } from '../command-line.ts';
import { CACHE_DIR } from '../lab-settings.ts';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../lib/errors/app-error.ts';
import { buildVerdictsPage } from '../../verify/report/build-verdicts-page.ts';
import { readLatestRuns } from '../../verify/report/read-saved-run.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

export function declareVerdicts({ run, context }: CommandLine, perform = writeVerdicts) {
  return new Command('verdicts')
    .description('write a page of the verdicts of all saved runs')
    .option('--runs <dir>', 'folder of the saved runs', path.join(CACHE_DIR, 'runs'))
    .addOption(
      new Option('--out <file>', 'the page').default(path.join(CACHE_DIR, '../docs/verdicts.md'), 'docs/verdicts.md'),
    )
    .action(({ runs, out }) => run(() => perform(runs, out, context)));
}

/**
 * Writes a page of the last verdict of each scenario, seed and platform that a folder of runs holds, of the lab's own consumer
 * with its own settings.
 *
 * @throws AppError `not-found` when it holds none
 */
async function writeVerdicts(runsDir: string, out: string, { print }: CommandContext): Promise<number> {
  const { runs: all, unreadable } = await readLatestRuns(runsDir);
  unreadable.forEach(print);
  // The demonstration has steps of whoever shows it, and other settings are another consumer.
  const runs = all.filter(({ scenario, settings }) => scenario.name !== 'demo' && settings.length === 0);
  if (runs.length === 0) throw new AppError('not-found', `there is no saved run in ${runsDir}`);
  await writeFile(out, buildVerdictsPage(runs));
  print(`${String(runs.length)} verdicts: ${path.relative('.', path.resolve(out))}`);
  return 0;
}
