import { watch } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../lib/errors/app-error.ts';
import { LineSplitter } from '../../lib/lines/line-splitter.ts';
import { LONGEST_LOG_LINE_BYTES } from '../../lib/lines/read-lines.ts';
import type { LogOptions } from '../platform.ts';

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;
/** Where watching files does not tell of a change, looking does. */
const LOOK_MS = 500;

/**
 * Lines of a log file: the last ones, then, if it is followed, those that are written. Of a line that is very long, its
 * beginning.
 *
 * @throws AppError `no-such-target` when there is no such file
 */
export async function* readLogFile(
  file: string,
  name: string,
  { tail, follow, signal }: LogOptions,
): AsyncGenerator<string> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new AppError('no-such-target', `${name} has no log`, { cause });
  });
  try {
    const { size } = await handle.stat();
    const start = await findTail(handle, size, tail);
    const chunks = follow ? followFile(file, handle, start, signal) : readFile(handle, start, size);
    const splitter = new LineSplitter(LONGEST_LOG_LINE_BYTES);
    for await (const chunk of chunks) for (const { text } of splitter.take(chunk)) yield text;
    const rest = follow ? undefined : splitter.end();
    if (rest !== undefined) yield rest.text;
  } finally {
    await handle.close();
  }
}

/** Where the last lines begin: behind the line feed that has so many more behind it. */
async function findTail(handle: FileHandle, size: number, tail: number): Promise<number> {
  let wanted = tail + 1;
  for (let end = size; end > 0; end -= CHUNK_BYTES) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const chunk = await read(handle, start, end);
    for (let at = chunk.lastIndexOf(LINE_FEED); at >= 0; at = at === 0 ? -1 : chunk.lastIndexOf(LINE_FEED, at - 1)) {
      wanted -= 1;
      if (wanted === 0) return start + at + 1;
    }
  }
  return 0;
}

async function* readFile(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  let position = start;
  while (position < end) {
    const chunk = await read(handle, position, end);
    if (chunk.length === 0) return;
    position += chunk.length;
    yield chunk;
  }
}

async function* followFile(
  file: string,
  handle: FileHandle,
  start: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  let position = start;
  let wake: () => void = () => undefined;
  const watcher = watch(file, () => wake());
  try {
    while (!signal?.aborted) {
      const chunk = await read(handle, position, Infinity);
      if (chunk.length > 0) {
        position += chunk.length;
        yield chunk;
        continue;
      }
      const looking = new AbortController();
      const changed = new Promise<void>((resolve) => (wake = resolve));
      await Promise.race([changed, delay(LOOK_MS, undefined, { signal: looking.signal })]);
      looking.abort();
    }
  } finally {
    watcher.close();
  }
}

/** A chunk of the file, no further than `end`; empty at its end. */
async function read(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const length = Math.min(CHUNK_BYTES, end - start);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
  return buffer.subarray(0, bytesRead);
}
