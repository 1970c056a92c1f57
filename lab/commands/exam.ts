import { Command } from '@commander-js/extra-typings';
import type { CommandLine } from '../command-line.ts';
import { parseCount } from '../lab-settings.ts';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../lib/errors/app-error.ts';
import { cutFiles } from '../../verify/exam/cut-files.ts';
import { buildExamPage, formatExam, listUntried } from '../../verify/exam/format-exam.ts';
import { isHole, takeExam } from '../../verify/exam/take-exam.ts';
import type { History } from '../../verify/checks/history.ts';
import type { RunHeader } from '../../verify/history/journal.ts';
import { openRunDirectory } from '../../verify/history/run-directory.ts';
import { createRandom } from '../../verify/scenarios/random.ts';
import { judgeRun, readHistory } from '../../verify/runs/judge-run.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

interface ExamOptions {
  /** How many places are tried of each mutation. */
  readonly trials: number;
  readonly seed: number;
  /** File that the table is written to, as Markdown. @default none */
  readonly out?: string;
}

export function declareExam({ runJudged, context }: CommandLine, perform = exam) {
  return new Command('exam')
    .description('doctor a saved run that passed in every way there is, and tell what of it the verdict sees')
    .argument('<dir>', 'its directory')
    .option('--trials <number>', 'how many places are tried of each', '20')
    .option('--seed <number>', 'which places is decided by it', '1')
    .option('--out <file>', 'file to write the table to')
    .action((dir, options) =>
      runJudged(async () => {
        const trials = parseCount('--trials', options.trials, { min: 1, max: 10_000 });
        const seed = parseCount('--seed', options.seed, { min: 0, max: 999_999_999 });
        return perform(dir, { ...options, trials, seed }, context);
      }),
    );
}

/**
 * Doctors a saved run that passed in every way there is, and tells which of it the verdict sees.
 *
 * @returns 0 when nothing that is untrue passes, 1 when something does
 * @throws AppError `invalid-request` for a run that does not pass, `not-found`, `data-mismatch` as of `judge`
 */
async function exam(dir: string, { trials, seed, out }: ExamOptions, { print }: CommandContext): Promise<number> {
  const directory = openRunDirectory(path.resolve(dir));
  const { journal, judgement } = await judgeRun(directory);
  if (judgement.verdict !== 'pass')
    throw new AppError(
      'invalid-request',
      `the verdict of ${dir} is ${judgement.verdict}: only a run that passes is doctored`,
    );
  const history = await readHistory(directory);
  const results = [...takeExam(history, { trials, seed }), ...(await cutFiles(directory, trials, createRandom(seed)))];
  const table = formatExam(results);
  print(table);
  const untried = listUntried(results);
  if (untried.length > 0) print(`nothing in the run to doctor: ${untried.join('; ')}`);
  if (out !== undefined) await writeFile(out, buildExamPage(results, describeRun(journal.header, history)));
  const holes = results.filter(isHole);
  print(holes.length === 0 ? 'nothing that is untrue passes' : `holes: ${holes.map(({ name }) => name).join('; ')}`);
  return holes.length === 0 ? 0 : 1;
}

function describeRun({ scenario, platform, settings }: RunHeader, history: History): string {
  const records = `${String(history.log.length)} records, ${String(history.receipts.length)} receipts and ${String(history.generations.length)} generations`;
  const command = settings['consumer command'];
  const whose = command === undefined ? 'the lab’s own consumer' : `\`${command}\``;
  return `a run of \`${scenario.name}\`, seed ${String(scenario.seed)}, on the ${platform} platform with ${whose}: ${records}`;
}
