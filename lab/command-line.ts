import { CommanderError } from 'commander';
import { AppError, messageOf } from '../lib/errors/app-error.ts';
import { createLogger } from '../lib/log/create-logger.ts';
import type { CommandContext } from '../lib/service/command-context.ts';
import { escapeForTerminal } from '../verify/report/escape-for-terminal.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** Of a command whose exit code is a verdict: 1 says fail, and nothing else does. */
const EXIT_UNKNOWN = 2;
/** Of a command that a signal has ended. */
export const EXIT_INTERRUPTED = 130;

/** What is around every command: interruption, errors in one sentence, exit codes. */
export interface CommandLine {
  readonly context: CommandContext;
  /** Runs a command, whose number is the exit code. */
  readonly run: (command: () => Promise<number | undefined>) => Promise<void>;
  /** A command whose exit code is a verdict: what could not be run, for whatever reason, is unknown, and no fail. */
  readonly runJudged: (command: () => Promise<number>) => Promise<void>;
  /** Does the work of the process, and ends it. */
  readonly exitAfter: (work: () => Promise<unknown>) => Promise<never>;
}

/** Makes the command line of this process: from now on its signals and its errors are dealt with here. */
export function createCommandLine({ isDebugging }: { readonly isDebugging: boolean }): CommandLine {
  const interruption = new AbortController();
  /** The exit code when a command cannot be run to its end. */
  let exitOnError = EXIT_FAILED;

  /** One sentence. What nobody foresaw may be a fault of the lab's own, which is known by its stack. */
  const tellError = (error: unknown): void => {
    const isForeseen = error instanceof AppError || !(error instanceof Error);
    const stack = isForeseen || !isDebugging ? undefined : error.stack;
    const hint = isForeseen ? '' : ' (LAB_LOG_LEVEL=debug shows where)';
    process.stderr.write(`${stack ?? messageOf(error) + hint}\n`);
  };
  /** @returns the exit code */
  const tellFailure = (error: unknown): number => {
    // Commander has said what is wrong, or shown its help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    tellError(error);
    return error instanceof AppError && error.code === 'invalid-configuration' ? EXIT_USAGE : exitOnError;
  };
  // The first interruption ends things in order; whoever cannot wait interrupts again, which kills them.
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(EXIT_INTERRUPTED);
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', interrupt);
  // Also what fails where nobody waits for it must not look like a verdict. The processes of a local lab end with this one.
  process.on('uncaughtException', (error) => {
    tellError(error);
    process.exit(exitOnError);
  });
  // A reader that went away (`| head`) is no reason to leave processes behind.
  process.stdout.on('error', () => interruption.abort());

  const run = async (command: () => Promise<number | undefined>): Promise<void> => {
    process.exitCode = (await command()) ?? 0;
  };
  return {
    context: {
      logger: createLogger({ format: 'text', level: isDebugging ? 'debug' : 'error' }),
      print: (line) => void process.stdout.write(`${escapeForTerminal(line)}\n`),
      interrupted: interruption.signal,
    },
    run,
    runJudged(command) {
      exitOnError = EXIT_UNKNOWN;
      return run(command);
    },
    async exitAfter(work) {
      try {
        await work();
      } catch (error) {
        process.exitCode = interruption.signal.aborted ? EXIT_INTERRUPTED : tellFailure(error);
      }
      // Clients of the cluster may keep a socket for a moment; what had to end has ended.
      return process.exit();
    },
  };
}
