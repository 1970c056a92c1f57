import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { CommandLine } from '../command-line.ts';

/** A command line that keeps what its commands print and how they end, instead of ending the process. */
export interface RecordedLine extends CommandLine {
  readonly printed: readonly string[];
  /** Of each command that came to its end: its exit code, and whether that is a verdict. */
  readonly ends: readonly { readonly code: number; readonly isJudged: boolean }[];
}

export function createRecordedLine(): RecordedLine {
  const printed: string[] = [];
  const ends: { code: number; isJudged: boolean }[] = [];
  return {
    printed,
    ends,
    context: {
      logger: createSilentLogger(),
      print: (line) => void printed.push(line),
      interrupted: new AbortController().signal,
    },
    run: async (command) => void ends.push({ code: (await command()) ?? 0, isJudged: false }),
    runJudged: async (command) => void ends.push({ code: await command(), isJudged: true }),
    exitAfter: () => Promise.reject(new Error('a command does not end the process')),
  };
}
