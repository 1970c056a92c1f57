import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { PLATFORM_NAMES } from '../../lib/contracts/platform-name.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';
import { EXIT_INTERRUPTED, type CommandLine } from '../command-line.ts';
import { contextOption } from './options.ts';
import { CACHE_DIR, parseCount, type LabOptions } from '../lab-settings.ts';

/** What benchmarks are asked for. */
export interface BenchOptions extends LabOptions {
  /** Suites, or none for all of the platform. */
  readonly names: readonly string[];
  readonly rounds?: number;
  /** Folder for a JSON file a suite and, beside it, the page with all of them. */
  readonly out: string;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const ENTRY = path.resolve(import.meta.dirname, '../../bench/main.ts');

export function declareBench({ run, context }: CommandLine, perform = bench) {
  return new Command('bench')
    .description('measure the client layer and the services, on brokers of its own, or on the lab on Kubernetes')
    .option('--data <dir>', 'folder of the data of its own brokers', path.join(CACHE_DIR, 'bench'))
    .argument('[suites...]', 'which; all of the platform when none is named')
    .addOption(new Option('--platform <which>', 'where').choices(PLATFORM_NAMES).default('local'))
    .addOption(contextOption)
    .option('--rounds <number>', 'how often each measurement is made')
    .option('--out <dir>', 'folder of the results; the page is written beside it', path.join(CACHE_DIR, 'performance'))
    .action((names, { rounds, ...options }) =>
      run(async () => {
        const parsed = rounds === undefined ? {} : { rounds: parseCount('--rounds', rounds, { min: 1, max: 1000 }) };
        return perform({ ...options, names, ports: 'auto', ...parsed }, context);
      }),
    );
}

/**
 * Runs benchmarks in a process of their own, which knows the lab and is not known by it.
 *
 * @returns its exit code
 */
async function bench(options: BenchOptions, { interrupted }: CommandContext): Promise<number> {
  // In a group of its own, so that each signal reaches it once: from here. It gets the second before this process ends at it.
  const child = spawn(process.execPath, [ENTRY, JSON.stringify(options)], { stdio: 'inherit', detached: true });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of SIGNALS) process.prependListener(signal, pass);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    // Ended by a signal before it could say so itself.
    return code ?? (interrupted.aborted ? EXIT_INTERRUPTED : 1);
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}
