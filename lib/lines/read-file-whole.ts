import { createReadStream } from 'node:fs';
import { AppError, messageOf } from '../errors/app-error.ts';

/**
 * Reads a file of UTF-8 whole, when it is no longer than it may be: it is somebody's, and may be anything.
 *
 * @throws AppError `not-found` when it cannot be read, `data-mismatch` when it is too long or no text
 */
export async function readFileWhole(file: string, longestBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file, { end: longestBytes })) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
  } catch (error) {
    throw new AppError('not-found', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (bytes > longestBytes) {
    throw new AppError('data-mismatch', `${file} is longer than the ${String(longestBytes)} bytes that it may have`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw new AppError('data-mismatch', `${file} is no text in UTF-8`, { cause: error });
  }
}
