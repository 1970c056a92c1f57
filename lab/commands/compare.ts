import { Command } from '@commander-js/extra-typings';
import type { CommandLine } from '../command-line.ts';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildRunPage, readRunPageTemplate } from '../../verify/report/build-run-page.ts';
import { readSavedRun } from '../../verify/report/read-saved-run.ts';
import { formatComparison } from '../../verify/report/format-comparison.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

export function declareCompare({ runJudged, context }: CommandLine, perform = compare) {
  return new Command('compare')
    .description('put two saved runs side by side')
    .argument('<run>', 'directory of the one')
    .argument('<other>', 'directory of the other')
    .option('--out <file>', 'page of the comparison', 'comparison.html')
    .action((one, other, { out }) => runJudged(() => perform([one, other], out, context)));
}

/**
 * Puts two saved runs side by side: in words, and as a page.
 *
 * @throws AppError `not-found`, `data-mismatch` when one of them is no saved run
 */
async function compare(dirs: readonly [string, string], out: string, { print }: CommandContext): Promise<number> {
  const [one, other] = [await readSavedRun(dirs[0]), await readSavedRun(dirs[1])];
  formatComparison(one, other).forEach(print);
  const page = buildRunPage(await readRunPageTemplate(), [one, other]);
  await writeFile(out, page);
  print(`saved: ${path.relative('.', path.resolve(out))}`);
  return 0;
}
