import { createReadStream } from 'node:fs';
import { AppError, messageOf } from '../errors/app-error.ts';
import { LONGEST_LINE_BYTES, readLines } from './read-lines.ts';

/** The journal of a day at 2,000 records a second. */
const LONGEST_FILE_BYTES = 4 * 1024 ** 3;
const TOO_MUCH = `it is beyond the ${String(LONGEST_FILE_BYTES)} bytes that a file may have`;

interface JsonLinesOptions {
  /** Whether the last line may have been cut by the end of its writer: it is then left out. @default false */
  readonly mayBeTorn?: boolean;
  /** As for `JSON.parse`. */
  readonly revive?: (name: string, value: unknown) => unknown;
  /** @default LONGEST_LINE_BYTES */
  readonly longestBytes?: number;
}

/**
 * Reads a file of one JSON value a line and hands each to `take`, one line in memory at a time. What `take` throws is
 * what is wrong with the line.
 *
 * @throws AppError `not-found` when the file cannot be read, `data-mismatch` with file and line when a line is wrong
 */
export async function readJsonLines(
  file: string,
  take: (value: unknown) => void,
  { mayBeTorn = false, revive, longestBytes = LONGEST_LINE_BYTES }: JsonLinesOptions = {},
): Promise<void> {
  const takeLine = (text: string, number: number): void => {
    try {
      take(JSON.parse(text, revive));
    } catch (error) {
      throw damaged(file, number, messageOf(error), error);
    }
  };
  try {
    const input = createReadStream(file, { end: LONGEST_FILE_BYTES });
    for await (const { text, number, isEnded, isCut } of readLines(input, longestBytes)) {
      if (input.bytesRead > LONGEST_FILE_BYTES) throw damaged(file, number, TOO_MUCH);
      if (isCut) throw damaged(file, number, `it is longer than ${String(longestBytes)} bytes`);
      if (!isEnded && mayBeTorn && !isJson(text)) return;
      if (text !== '') takeLine(text, number);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('not-found', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function damaged(file: string, number: number, why: string, cause?: unknown): AppError {
  return new AppError('data-mismatch', `${file}: line ${String(number)} is damaged: ${why}`, { cause });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
