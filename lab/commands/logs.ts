import { Command } from '@commander-js/extra-typings';
import type { CommandLine } from '../command-line.ts';
import { contextOption, dataOption, foundPlatformOption } from './options.ts';
import { connectPlatform } from '../platforms.ts';
import { parseCount } from '../lab-settings.ts';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { requireCapability, type Platform } from '../../platforms/platform.ts';
import { pause } from '../../lib/retry/back-off.ts';
import { WORKLOADS } from '../../lib/contracts/replica.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

interface LogsOptions {
  readonly follow: boolean;
  readonly tail: number;
}

const LOOK_MS = 1000;

export function declareLogs({ run, context }: CommandLine, connect = connectPlatform) {
  return new Command('logs')
    .description('print the log of a replica, or of all of a workload')
    .addOption(dataOption)
    .addOption(foundPlatformOption)
    .addOption(contextOption)
    .argument('<replica or workload>')
    .option('-f, --follow', 'go on as lines are written', false)
    .option('--tail <lines>', 'lines to begin with', '20')
    .action((target, options) =>
      run(async () => {
        const tail = parseCount('--tail', options.tail, { min: 0, max: 100_000 });
        return followLogs(await connect(options, context.logger), target, { follow: options.follow, tail }, context);
      }),
    );
}

/**
 * Prints the log of a replica, or of all replicas of a workload with their names in front; when followed,
 * newcomers are followed too, until the lab ends or the user interrupts.
 */
async function followLogs(
  platform: Platform,
  target: string,
  { follow, tail }: LogsOptions,
  { print, interrupted }: CommandContext,
): Promise<number> {
  requireCapability(platform, 'logs');
  const workload = WORKLOADS.find((one) => one === target);
  const isWorkload = workload !== undefined;
  const listNames = async (): Promise<readonly string[]> =>
    isWorkload ? (await platform.listReplicas(workload)).map(({ name }) => name) : [target];
  const read = async (name: string): Promise<void> => {
    const prefix = isWorkload ? `[${name}] ` : '';
    for await (const line of platform.readLogs(name, { follow, tail, signal: interrupted })) print(prefix + line);
  };
  const names = await listNames();
  if (!isWorkload || !follow) {
    if (names.length === 0) throw new AppError('no-such-target', `no ${target} runs now`);
    await Promise.all(names.map(read));
    return 0;
  }

  const reading = new Set<string>();
  for (let known: readonly string[] | undefined = names; known !== undefined; known = await listAgain(listNames)) {
    for (const name of known) {
      if (reading.has(name)) continue;
      reading.add(name);
      read(name).catch((error: unknown) => print(`[${name}] its log cannot be read: ${messageOf(error)}`));
    }
    await pause(LOOK_MS, interrupted);
    if (interrupted.aborted) break;
  }
  return 0;
}

/** The names now; none while nobody answers, and nothing when the lab has ended. */
async function listAgain(list: () => Promise<readonly string[]>): Promise<readonly string[] | undefined> {
  try {
    return await list();
  } catch (error) {
    return error instanceof AppError && error.code === 'no-such-target' ? undefined : [];
  }
}
