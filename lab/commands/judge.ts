import { Command } from '@commander-js/extra-typings';
import type { CommandLine } from '../command-line.ts';
import { contextOption } from './options.ts';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { createLabObserver } from '../../verify/history/lab-observer.ts';
import { JOURNAL_FILE } from '../../verify/history/journal.ts';
import { readJournal } from '../../verify/history/read-journal.ts';
import { hasEvidence, openRunDirectory, writeEvidence, type RunDirectory } from '../../verify/history/run-directory.ts';
import { connectPlatform } from '../platforms.ts';
import { DEFAULT_DATA_DIR } from '../lab-settings.ts';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { tellVerdict } from '../../verify/report/tell-verdict.ts';
import { waitProgress } from '../../verify/scenarios/wait-caught-up.ts';
import { judgeRun } from '../../verify/runs/judge-run.ts';
import { EXIT_CODES } from '../../verify/runs/verify-once.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

/** Where the lab is that may still have what Kafka holds of the run. */
interface JudgeOptions {
  /** @default that of the run */
  readonly data?: string;
  readonly context?: string;
}

export function declareJudge({ runJudged, context }: CommandLine, perform = judge) {
  return new Command('judge')
    .description('judge a saved run again, also one whose verifier died')
    .argument('<dir>', 'its directory')
    .option('--data <dir>', 'folder of the data of the local lab that still has the run; that of the run otherwise')
    .addOption(contextOption)
    .action((dir, options) => runJudged(() => perform(dir, options, context)));
}

/**
 * Judges a run again from its directory. What Kafka holds of it is read from the lab that runs, when the verifier died
 * before it had written that down.
 *
 * @returns 0 when the verdict is pass, 1 for fail, 2 for unknown
 * @throws AppError `not-found`, `data-mismatch` when the directory holds no run
 */
async function judge(dir: string, options: JudgeOptions, context: CommandContext): Promise<number> {
  const found = await stat(dir).catch((error: unknown) => {
    throw new AppError('not-found', `${dir} cannot be read: ${messageOf(error)}`, { cause: error });
  });
  if (!found.isDirectory()) throw new AppError('not-found', `${dir} is no directory of a run`);
  const directory = openRunDirectory(path.resolve(dir));
  if (!(await hasEvidence(directory))) await fetchEvidence(directory, options, context);
  const run = await judgeRun(directory);
  await tellVerdict(directory, run, context.print);
  return EXIT_CODES[run.judgement.verdict];
}

async function fetchEvidence(directory: RunDirectory, options: JudgeOptions, context: CommandContext): Promise<void> {
  const { header, end } = await readJournal(directory.file(JOURNAL_FILE));
  try {
    const platform = await connectPlatform(
      {
        ...options,
        data: options.data ?? header.dataDir ?? DEFAULT_DATA_DIR,
        platform: header.platform,
      },
      context.logger,
    );
    const observer = createLabObserver({
      brokers: platform.addresses.kafka,
      group: header.groupId,
      topic: header.topic,
      receiptsTopic: header.receiptsTopic,
      logger: context.logger,
    });
    try {
      const { clusterId } = await observer.inspectBrokers();
      if (clusterId !== header.clusterId) throw new AppError('data-mismatch', 'the lab that runs is another one');
      const log = end?.log ?? (await observer.markEnd());
      const left = await waitProgress(observer, log, context.interrupted);
      if (left > 0)
        throw new AppError('timed-out', `the group has not processed all of it: ${String(left)} records are left`);
      await writeEvidence(directory, (sink) => observer.readEvidence({ start: header.start, end: log }, sink));
    } finally {
      await observer.close();
    }
  } catch (error) {
    context.print(`what Kafka holds of the run was not written down, and cannot be read now: ${messageOf(error)}`);
  }
}
