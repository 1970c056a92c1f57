import { Command } from '@commander-js/extra-typings';
import path from 'node:path';
import type { CommandLine } from '../command-line.ts';
import { listAnswers, type Answer } from '../../verify/check-consumer/list-answers.ts';
import { observeConsumer } from '../../verify/check-consumer/observe-consumer.ts';
import { CACHE_DIR, collectVariable, type LabOptions } from '../lab-settings.ts';
import { runLocalLab } from '../run-local-lab.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

const PAGE = 'docs/bring-your-own-consumer.md';

export function declareCheckConsumer({ runJudged, context }: CommandLine, perform = checkConsumer) {
  return new Command('check-consumer')
    .description(
      'run one replica of a consumer of your own for some seconds, and say what of the contract it does not keep',
    )
    .argument('<command line>', 'as of --consumer-command')
    .option('--consumer <NAME=VALUE>', 'a variable of the consumer; may be given again', collectVariable)
    .option('--data <dir>', 'folder of the data of its own local lab', path.join(CACHE_DIR, 'check-consumer'))
    .action((command, options) => runJudged(() => perform(command, { ...options, ports: 'auto' }, context)));
}

/**
 * Starts one replica of somebody's consumer on a lab of its own, gives it a hundred records, and says in order what of the
 * contract it does not keep.
 *
 * @returns 0 when nothing is missing, 1 when something is, 2 when something could not be seen
 */
async function checkConsumer(
  command: string,
  options: LabOptions,
  { logger, print, interrupted }: CommandContext,
): Promise<number> {
  const lab = await runLocalLab(
    { ...options, consumerCommand: command, fresh: true },
    { logger, tell: print, interrupted, replicas: { producer: 0, consumer: 0 } },
  );
  let answers: readonly Answer[];
  try {
    answers = listAnswers(await observeConsumer({ platform: lab.platform, logger, signal: interrupted, tell: print }));
  } finally {
    await lab.stop();
  }
  print('');
  formatAnswers(answers).forEach(print);
  if (answers.some(({ found }) => found === 'missing')) return 1;
  return answers.every(({ found }) => found === 'ok') ? 0 : 2;
}

function formatAnswers(answers: readonly Answer[]): string[] {
  const width = Math.max(...answers.map(({ asks }) => asks.length));
  const lines = answers.flatMap(({ found, asks, rule, detail }) => {
    const [first = '', ...rest] = detail.split('\n');
    return [
      `  ${found.padEnd(7)} rule ${String(rule)}  ${asks.padEnd(width)}  ${first}`,
      ...rest.map((line) => `            ${line}`),
    ];
  });
  const bad = answers.filter(({ found }) => found !== 'ok').length;
  const last =
    bad === 0
      ? 'it keeps the contract as far as one replica shows it; next: npm run lab -- verify scale --consumer-command …'
      : `${String(bad)} of ${String(answers.length)} are not as the contract has them: ${PAGE}`;
  return [...lines, last];
}
