import path from 'node:path';
import { AppError } from '../../lib/errors/app-error.ts';
import type { ScenarioPlatform } from '../../platforms/platform.ts';
import { describeCircumstances } from '../report/circumstances.ts';
import type { CheckResult, Verdict } from '../checks/verdict.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';
import { createLabObserver } from '../history/lab-observer.ts';
import { tellVerdict } from '../report/tell-verdict.ts';
import type { ToldStep } from '../scenarios/run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { waitBalanced } from '../scenarios/balanced-group.ts';
import { judgeRun } from './judge-run.ts';
import { recordRun } from './record-run.ts';

/** By which a script tells them apart: unknown is neither pass nor fail. */
export const EXIT_CODES: Readonly<Record<Verdict, number>> = { pass: 0, fail: 1, unknown: 2 };

const BEGIN_WITHIN_MS = 30_000;

/** One run of a scenario, and where it is saved. */
export interface VerifyOnceOptions {
  readonly seed: number;
  /** Folder of the runs' directories. */
  readonly out: string;
  /** What the lab was told beside its defaults, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Folder of the data of the lab, from which a run can be judged again; none of one that keeps its data itself. */
  readonly dataDir?: string;
  readonly onStep: (step: ToldStep, sinceStartMs: number) => void;
}

/** One run, for machines. */
export interface RunResult {
  readonly scenario: string;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly dir: string;
  readonly checks: readonly Pick<CheckResult, 'name' | 'verdict' | 'summary' | 'evidence'>[];
}

/** Runs a scenario on a lab, judges the run, prints the verdict and saves all of it. */
export async function verifyOnce(
  platform: ScenarioPlatform,
  scenario: Scenario,
  options: VerifyOnceOptions,
  context: CommandContext,
): Promise<RunResult> {
  const { logger, print, interrupted } = context;
  const { seed } = options;
  await beginAlike(platform, context);
  const startedAt = Date.now();
  const time = new Date(startedAt).toISOString().replaceAll(/[-:]|\.\d+Z/g, '');
  const directory = await recordRun({
    platform,
    scenario,
    seed,
    dir: path.resolve(options.out, `${scenario.name}-${String(seed)}-${platform.name}-${time}`),
    facts: {
      ...(await describeMachine(platform)),
      settings: options.settings,
      ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
    },
    signal: interrupted,
    logger,
    tell: print,
    onStep: (step) => options.onStep(step, Date.now() - startedAt),
  });
  const run = await judgeRun(directory);
  print('');
  await tellVerdict(directory, run, print);
  return {
    scenario: scenario.name,
    seed,
    verdict: run.judgement.verdict,
    dir: directory.dir,
    checks: run.judgement.checks.map(({ name, verdict, summary, evidence }) => ({ name, verdict, summary, evidence })),
  };
}

/** Every run begins with one producer and one consumer that owns everything. */
async function beginAlike(platform: ScenarioPlatform, { logger, print, interrupted }: CommandContext): Promise<void> {
  const observer = createLabObserver({ brokers: platform.addresses.kafka, logger });
  try {
    await platform.scale('consumer', 1);
    await platform.scale('producer', 1);
    await waitBalanced(platform, observer, 1, { timeoutMs: BEGIN_WITHIN_MS, signal: interrupted });
  } catch (error) {
    // A consumer that joins no group never gets there; the scenario is to find out.
    if (!(error instanceof AppError) || error.code !== 'timed-out') throw error;
    print(`the group is not as it should be at the beginning: ${error.message}`);
  } finally {
    await observer.close();
  }
}

async function describeMachine(platform: ScenarioPlatform) {
  const { machine, versions } = await describeCircumstances(await platform.readKafkaVersion?.());
  const { cores, processor, memoryGiB, system } = machine;
  return {
    versions,
    machine: {
      processors: `${String(cores)} × ${processor}`,
      memory: `${String(memoryGiB)} GiB`,
      system: String(system),
    },
  };
}
