import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildRunPage, readRunPageTemplate } from '../../verify/report/build-run-page.ts';
import { readSavedRun } from '../../verify/report/read-saved-run.ts';
import { formatComparison } from '../../verify/report/format-comparison.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

/**
 * Puts two saved runs side by side: in words, and as a page.
 *
 * @throws AppError `not-found`, `data-mismatch` when one of them is no saved run
 */
export async function compare(dirs: readonly [string, string], out: string, { print }: CommandContext): Promise<void> {
  const [one, other] = [await readSavedRun(dirs[0]), await readSavedRun(dirs[1])];
  formatComparison(one, other).forEach(print);
  const page = buildRunPage(await readRunPageTemplate(), [one, other]);
  await writeFile(out, page);
  print(`saved: ${path.relative('.', path.resolve(out))}`);
}
