import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { PlatformWith } from '../../platforms/platform.ts';

/** Whose output is kept, and where. */
export interface OutputRecorderOptions {
  readonly platform: Pick<PlatformWith<'logs'>, 'listReplicas' | 'readLogs' | 'subscribe'>;
  /** Folder of the outputs; made if it is not there. */
  readonly dir: string;
  readonly logger: Logger;
  /** Kept of one replica at most, in bytes. @default 8 MiB */
  readonly mostBytes?: number;
}

/** Keeps what every consumer prints during a run, in a file of its name. */
export interface OutputRecorder {
  /** Ends when what was printed until now is written. */
  stop(): Promise<void>;
}

const MOST_BYTES = 8 * 1024 * 1024;
/** Of a consumer that was there before the run. */
const LINES_BEFORE = 100;
/** Of one that has come since: all, as it cannot have printed more. */
const LINES_SINCE = 100_000;
/** What was printed last is on its way to the file that is followed. */
const LAST_WORDS_MS = 700;

/** Follows every consumer that there is and that comes; a run goes on though a file cannot be written. */
export async function startOutputRecorder(options: OutputRecorderOptions): Promise<OutputRecorder> {
  const { platform, dir, logger, mostBytes = MOST_BYTES } = options;
  const ending = new AbortController();
  const files = new Map<string, { readonly file: WriteStream; left: number }>();
  const following = new Map<string, Promise<void>>();

  const write = (name: string, line: string): void => {
    let output = files.get(name);
    if (output === undefined) {
      output = { file: createWriteStream(path.join(dir, `${name}.log`)), left: mostBytes };
      // A full disk costs the output, and not the run.
      output.file.on('error', (error) => logger.warn(`the output of ${name} is not kept: ${error.message}`));
      files.set(name, output);
    }
    if (output.left <= 0) return;
    output.left -= Buffer.byteLength(line) + 1;
    output.file.write(
      output.left > 0 ? `${line}\n` : `(what came after the first ${String(mostBytes)} bytes is not kept)\n`,
    );
  };
  const follow = async (name: string, tail: number): Promise<void> => {
    try {
      const lines = platform.readLogs(name, { tail, follow: true, signal: ending.signal });
      for await (const line of lines) write(name, line);
    } catch (error) {
      // A replica that is gone has no output any more, and one that starts has none yet.
      logger.debug(`the output of ${name}: ${messageOf(error)}`);
    } finally {
      following.delete(name);
    }
  };
  const begin = (name: string, tail: number): void => {
    if (!ending.signal.aborted && !following.has(name)) following.set(name, follow(name, tail));
  };

  await mkdir(dir, { recursive: true });
  const unsubscribe = platform.subscribe((event) => {
    if (event.kind === 'phase' && event.replica.workload === 'consumer') begin(event.replica.name, LINES_SINCE);
  });
  const present = await platform.listReplicas('consumer').catch((error: unknown) => {
    logger.warn(`the output of the consumers that are there is not kept: ${messageOf(error)}`);
    return [];
  });
  for (const { name } of present) begin(name, LINES_BEFORE);
  return {
    async stop() {
      unsubscribe();
      if (following.size > 0) await delay(LAST_WORDS_MS);
      ending.abort();
      await Promise.allSettled(following.values());
      await Promise.all([...files.values()].map(({ file }) => new Promise((resolve) => file.end(resolve))));
    },
  };
}
