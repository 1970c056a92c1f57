import { LineSplitter, type Line } from './line-splitter.ts';

/** Longest line that is read unless it is said otherwise: a record's key and value of a megabyte, escaped, have room. */
export const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** Longest line that is shown of a log; of what is longer, its beginning. */
export const LONGEST_LOG_LINE_BYTES = 64 * 1024;

/** The lines of a stream of bytes, to its end. What befalls the stream is thrown. */
export async function* readLines(
  input: AsyncIterable<unknown>,
  longestBytes: number = LONGEST_LINE_BYTES,
): AsyncGenerator<Line> {
  const splitter = new LineSplitter(longestBytes);
  for await (const chunk of input) yield* splitter.take(chunk as Buffer);
  const last = splitter.end();
  if (last !== undefined) yield last;
}
