import { watch } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../errors/app-error.ts';
import type { LogOptions } from '../platform.ts';

const CHUNK_BYTES = 64 * 1024;
/** Where watching files does not tell of a change, looking does. */
const LOOK_MS = 500;

/**
 * Lines of a log file: the last ones, then, if it is followed, those that are written.
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
    const { lines, rest, end } = await readTail(handle, tail);
    yield* lines;
    if (!follow) {
      if (rest !== '') yield rest;
      return;
    }
    yield* followFile(file, handle, { rest, position: end, signal });
  } finally {
    await handle.close();
  }
}

async function readTail(handle: FileHandle, tail: number): Promise<{ lines: string[]; rest: string; end: number }> {
  const { size: end } = await handle.stat();
  let start = end;
  let text = Buffer.alloc(0);
  const countLines = (): number => text.toString('latin1').split('\n').length - 1;
  while (start > 0 && countLines() <= tail) {
    const length = Math.min(CHUNK_BYTES, start);
    start -= length;
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, start);
    text = Buffer.concat([buffer, text]);
  }
  const lines = text.toString('utf8').split('\n');
  const rest = lines.pop() ?? '';
  return { lines: tail === 0 ? [] : lines.slice(-tail), rest, end };
}

async function* followFile(
  file: string,
  handle: FileHandle,
  from: { rest: string; position: number; signal: AbortSignal | undefined },
): AsyncGenerator<string> {
  let { rest, position } = from;
  let wake: () => void = () => undefined;
  const watcher = watch(file, () => wake());
  try {
    while (!from.signal?.aborted) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      if (bytesRead === 0) {
        const looking = new AbortController();
        const changed = new Promise<void>((resolve) => (wake = resolve));
        await Promise.race([changed, delay(LOOK_MS, undefined, { signal: looking.signal })]);
        looking.abort();
        continue;
      }
      position += bytesRead;
      const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    watcher.close();
  }
}
