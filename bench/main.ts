/** Entry of the benchmarks: `npm run lab -- bench` starts it, with what was typed as one JSON argument. */
import { createCommandLine } from '../lab/command-line.ts';
import type { BenchOptions } from '../lab/commands/bench.ts';
import { runSuites } from './run-suites.ts';

const { context, run, exitAfter } = createCommandLine({ isDebugging: process.env['LAB_LOG_LEVEL'] === 'debug' });

const options = JSON.parse(process.argv[2] ?? '{}') as BenchOptions;
await exitAfter(() => run(() => runSuites(options, context)));
