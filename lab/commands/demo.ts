import { Command } from '@commander-js/extra-typings';
import type { CommandLine } from '../command-line.ts';
import {
  consumerCommandOption,
  consumerOption,
  contextOption,
  dataOption,
  freshOption,
  partitionsOption,
  platformOption,
  portsOption,
  producerOption,
  runsOption,
} from './options.ts';
import { LARGEST_SCALE } from '../../lib/contracts/largest-scale.ts';
import { messageOf } from '../../lib/errors/app-error.ts';
import { describeLab } from '../describe-lab.ts';
import { parseCount, parsePorts, type LabOptions } from '../lab-settings.ts';
import { openLab } from '../platforms.ts';
import { createDemoTeller } from '../../verify/report/format-demo-step.ts';
import type { Scenario } from '../../verify/scenarios/scenario.ts';
import type { Step } from '../../verify/scenarios/steps/registry.ts';
import { EXIT_CODES, verifyOnce } from '../../verify/runs/verify-once.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

interface DemoOptions extends LabOptions {
  readonly rate: number;
  readonly steps: readonly number[];
  readonly holdMs: number;
  /** Folder of the runs' directories. */
  readonly out: string;
}

const KEYS = 120;
const WITHIN_MS = 60_000;

export function declareDemo({ runJudged, context }: CommandLine, perform = demo) {
  return new Command('demo')
    .description('scale the consumers under load, show who owns what, and judge the run')
    .addOption(dataOption)
    .addOption(portsOption('fixed'))
    .addOption(freshOption)
    .addOption(partitionsOption)
    .addOption(producerOption)
    .addOption(consumerOption)
    .addOption(consumerCommandOption)
    .addOption(platformOption)
    .addOption(contextOption)
    .option('--rate <number>', 'records a second', '200')
    .option('--steps <list>', 'replicas, step by step', '1,3,6,7,2')
    .option('--hold <ms>', 'how long each step is watched', '2500')
    .addOption(runsOption)
    .action((options) =>
      runJudged(async () => {
        const parsed = {
          rate: parseCount('--rate', options.rate, { min: 1, max: 5000 }),
          steps: options.steps
            .split(',')
            .map((step) => parseCount('--steps', step.trim(), { min: 1, max: LARGEST_SCALE })),
          holdMs: parseCount('--hold', options.hold, { min: 0, max: 600_000 }),
        };
        parsePorts(options.ports);
        return perform({ ...options, ...parsed }, context);
      }),
    );
}

/**
 * Opens a lab, scales its consumers under load, shows each step, judges the run, and closes the lab.
 *
 * @returns 0 when the verdict is pass, 1 for fail, 2 for unknown
 */
async function demo(options: DemoOptions, context: CommandContext): Promise<number> {
  const { print, interrupted, logger } = context;
  const lab = await openLab(options, { logger, tell: print, interrupted });
  try {
    const { producer, consumer, kafka } = lab.platform.addresses;
    print(`ready: post to ${producer}/docs, read from ${consumer}/docs, Kafka at ${kafka.join(', ')}`);
    print(`load: ${String(options.rate)} records a second with ${String(KEYS)} keys`);
    const tell = createDemoTeller();
    const result = await verifyOnce(
      lab.platform,
      buildDemo(options),
      { ...describeLab(lab, options), out: options.out, seed: 0, onStep: (step) => tell(step).forEach(print) },
      context,
    );
    if (interrupted.aborted) print('interrupted: nothing is judged');
    return interrupted.aborted ? EXIT_CODES.unknown : EXIT_CODES[result.verdict];
  } finally {
    if (lab.isOwn) print('ending the lab');
    // A verdict stands, though its lab cannot be ended in order.
    await lab.stop().catch((error: unknown) => print(`the lab was not ended: ${messageOf(error)}`));
  }
}

/** After each step the group is watched for a while, and must be as balanced as before. */
function buildDemo({ rate, steps, holdMs }: DemoOptions): Scenario {
  const scale = (replicas: number): Step[] => {
    const bound = { plus: replicas, isPartitions: false };
    return [
      { kind: 'scale', workload: 'consumer', replicas: { min: bound, max: bound } },
      { kind: 'wait-balanced', withinMs: WITHIN_MS },
      { kind: 'hold', forMs: holdMs },
      { kind: 'wait-balanced', withinMs: WITHIN_MS },
    ];
  };
  return {
    name: 'demo',
    description: `Consumers ${steps.join(' → ')} under load.`,
    limits: {},
    steps: [{ kind: 'load', ratePerSecond: rate, keys: KEYS }, ...steps.flatMap(scale)],
  };
}
