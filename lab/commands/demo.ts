import { randomUUID } from 'node:crypto';
import type { Logger } from '../../lib/log/create-logger.ts';
import { createLabObserver } from '../history/lab-observer.ts';
import type { LabOptions } from '../lab-settings.ts';
import { formatGroup } from '../report/format-group.ts';
import { formatVerdict } from '../report/format-verdict.ts';
import { openLab } from '../open-lab.ts';
import { runScaleSteps, type StepResult } from '../scenarios/scale-steps.ts';

export interface DemoOptions extends LabOptions {
  readonly rate: number;
  readonly steps: readonly number[];
  readonly holdMs: number;
}

export interface CommandContext {
  readonly logger: Logger;
  readonly print: (line: string) => void;
  readonly interrupted: AbortSignal;
}

const KEYS = 120;
const EXIT_CODES = { pass: 0, fail: 1, unknown: 2 } as const;

/**
 * Opens a lab, scales its consumers under load, shows each step, judges the run, and closes the lab.
 *
 * @returns 0 when the verdict is pass, 1 for fail, 2 for unknown
 */
export async function demo(options: DemoOptions, { logger, print, interrupted }: CommandContext): Promise<number> {
  const lab = await openLab(options, { logger, tell: (sentence) => print(sentence), interrupted });
  const observer = createLabObserver({ brokers: lab.platform.addresses.kafka, logger });
  try {
    const { producer, consumer } = lab.platform.addresses;
    print(
      `ready: post to ${producer}/docs, read from ${consumer}/docs, Kafka at ${lab.platform.addresses.kafka.join(', ')}`,
    );
    print(`load: ${String(options.rate)} records a second with ${String(KEYS)} keys`);
    const runId = randomUUID().slice(0, 8);
    const scenario = runScaleSteps(
      lab.platform,
      observer,
      {
        steps: options.steps,
        ratePerSecond: options.rate,
        keys: KEYS,
        holdMs: options.holdMs,
        runId,
        signal: interrupted,
      },
      (step) => formatStep(step).forEach(print),
    );
    const interruption = lab.endAsked.then(() => undefined);
    const result = await Promise.race([scenario, interruption]);
    if (result === undefined) {
      scenario.catch(() => undefined);
      print('interrupted: nothing is judged');
      return EXIT_CODES.unknown;
    }
    print('');
    formatVerdict(result.judgement).forEach(print);
    return EXIT_CODES[result.judgement.verdict];
  } finally {
    if (lab.platform.name === 'local') print('ending the lab');
    await observer.close();
    await lab.stop();
  }
}

function formatStep({ from, to, tookMs, moved, generation, view }: StepResult): string[] {
  const seconds = (tookMs / 1000).toFixed(1);
  const change =
    from === to ? `${String(to)} consumer${to === 1 ? '' : 's'}` : `${String(from)} → ${String(to)} consumers`;
  const facts =
    from === to
      ? ''
      : `: balanced after ${seconds} s, ${String(moved)} partitions moved, generation ${String(generation)}`;
  return ['', `${change}${facts}`, ...formatGroup(view)];
}
