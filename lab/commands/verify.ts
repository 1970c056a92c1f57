import { Command } from '@commander-js/extra-typings';
import path from 'node:path';
import type { CommandLine } from '../command-line.ts';
import {
  consumerCommandOption,
  consumerOption,
  contextOption,
  partitionsOption,
  platformOption,
  portsOption,
  producerOption,
  runsOption,
} from './options.ts';
import { messageOf } from '../../lib/errors/app-error.ts';
import { combineVerdicts, type Verdict } from '../../verify/checks/verdict.ts';
import { describeLab } from '../describe-lab.ts';
import { CACHE_DIR, parseCount, parsePorts, type LabOptions } from '../lab-settings.ts';
import { openLab } from '../platforms.ts';
import { formatStep } from '../../verify/report/format-step.ts';
import type { RunningLab } from '../running-lab.ts';
import { findScenario } from '../../verify/scenarios/find-scenario.ts';
import type { ToldStep } from '../../verify/scenarios/run-scenario.ts';
import { EXIT_CODES, verifyOnce, type RunResult } from '../../verify/runs/verify-once.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

interface VerifyOptions extends LabOptions {
  readonly seed: number;
  readonly repeat: number;
  /** Whether the lab stays as it is after a run that did not pass, until it is interrupted. */
  readonly keep: boolean;
  /** Whether the result is printed as JSON, and all else beside it. */
  readonly json: boolean;
  /** Folder of the runs' directories. */
  readonly out: string;
}

export function declareVerify({ runJudged, context }: CommandLine, perform = verify) {
  return new Command('verify')
    .description('do to the group what a scenario says, under load, and judge what came of it')
    .argument('[scenario]', 'its name, or a file', 'scale')
    .addOption(platformOption)
    .addOption(contextOption)
    .option('--seed <number>', 'what is left to chance is decided by it', '1')
    .option('--repeat <number>', 'how many runs, each with the next seed', '1')
    .option('--keep', 'leave the lab as it is after a run that did not pass', false)
    .option('--json', 'print the result as JSON, and all else to standard error', false)
    .addOption(runsOption)
    .option('--data <dir>', 'folder of the data of its own local lab', path.join(CACHE_DIR, 'verify'))
    .addOption(portsOption('auto'))
    .addOption(partitionsOption)
    .addOption(producerOption)
    .addOption(consumerOption)
    .addOption(consumerCommandOption)
    .action((scenario, options) =>
      runJudged(async () => {
        parsePorts(options.ports);
        const seed = parseCount('--seed', options.seed, { min: 0, max: 999_999_999 });
        const repeat = parseCount('--repeat', options.repeat, { min: 1, max: 1000 });
        return perform(scenario, { ...options, seed, repeat }, context);
      }),
    );
}

/**
 * Runs a scenario as often as asked, each time with the next seed, judges each run and saves it.
 *
 * @returns 0 when every verdict is pass, 1 when one is fail, otherwise 2
 */
async function verify(name: string, options: VerifyOptions, context: CommandContext): Promise<number> {
  const scenario = await findScenario(name);
  const print = options.json ? (line: string) => void process.stderr.write(`${line}\n`) : context.print;
  const told = { ...context, print };
  const results: RunResult[] = [];
  let lab: RunningLab | undefined;
  /** Why there are not all runs that were asked for. */
  let problem: string | undefined;
  const runAll = async (): Promise<void> => {
    for (let count = 0; count < options.repeat; count += 1) {
      lab ??= await openLab({ ...options, fresh: true }, { ...told, tell: print });
      const seed = options.seed + count;
      print(`scenario ${scenario.name}, seed ${String(seed)}: ${scenario.description}`);
      const onStep = (step: ToldStep, sinceStartMs: number): void => formatStep(step, sinceStartMs).forEach(print);
      const result = await verifyOnce(
        lab.platform,
        scenario,
        { ...describeLab(lab, options), seed, out: options.out, onStep },
        told,
      );
      results.push(result);
      context.interrupted.throwIfAborted();
      if (result.verdict === 'pass') continue;
      if (options.keep) return keepOpen(lab, options, print);
      // What a run left behind that did not pass must not be the next one's.
      if (lab.isOwn && count + 1 < options.repeat) {
        await lab.stop();
        lab = undefined;
      }
    }
  };
  try {
    await runAll();
  } catch (error) {
    problem = context.interrupted.aborted ? 'interrupted' : messageOf(error);
    print(problem);
  } finally {
    // A verdict stands, though its lab cannot be ended in order.
    await lab?.stop().catch((error: unknown) => print(`the lab was not ended: ${messageOf(error)}`));
  }
  // A verdict that says fail says so whatever came after it.
  const verdicts = results.map((result) => result.verdict);
  const verdict = combineVerdicts(problem === undefined ? verdicts : [...verdicts, 'unknown']);
  if (options.json)
    context.print(JSON.stringify({ verdict, ...(problem !== undefined && { problem }), runs: results }));
  if (options.repeat > 1) print(summarize(results, options.repeat));
  return EXIT_CODES[verdict];
}

async function keepOpen(lab: RunningLab, options: VerifyOptions, print: (line: string) => void): Promise<void> {
  print('the lab is kept as it is, until Ctrl-C:');
  print(`  npm run lab -- status${lab.dataDir !== undefined ? ` --data ${options.data}` : ''}`);
  await lab.endAsked;
}

function summarize(results: readonly RunResult[], asked: number): string {
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  const others = (['fail', 'unknown'] as const).flatMap((verdict) =>
    count(verdict) === 0 ? [] : [`${String(count(verdict))} ${verdict}`],
  );
  return `${String(count('pass'))} of ${String(asked)} runs pass${others.length > 0 ? `, ${others.join(', ')}` : ''}`;
}
