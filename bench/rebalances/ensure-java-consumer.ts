import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolderOnce } from '../../platforms/local/make-folder-once.ts';
import { isMissingProgram, readWritten, runProgram } from '../../lib/process/run-program.ts';
import { messageOf } from '../../lib/errors/app-error.ts';

const COMPILE_TIMEOUT_MS = 120_000;
const FOLDER = path.join(import.meta.dirname, '../peers/java-consumer');
const SOURCE = path.join(FOLDER, 'TraceConsumer.java');

/** Kafka's Java client as a consumer that is traced, or why there is none. */
export type JavaConsumer =
  { readonly buildCommand: (args: readonly string[]) => readonly string[] } | { readonly missing: string };

/**
 * Compiles the consumer, once for each content of its source and version of the client.
 *
 * @param cacheDir folder that keeps it between runs
 */
export async function ensureJavaConsumer(
  { jarsDir, cacheDir }: { readonly jarsDir: string; readonly cacheDir: string },
  signal: AbortSignal,
): Promise<JavaConsumer> {
  try {
    const digest = createHash('sha256')
      .update(path.basename(jarsDir))
      .update(await readFile(SOURCE))
      .digest('hex')
      .slice(0, 12);
    const classesDir = path.resolve(cacheDir, `java-consumer-${digest}`);
    await makeFolderOnce(classesDir, (partial) =>
      runProgram('javac', ['-cp', `${jarsDir}/*`, '-d', partial, SOURCE], { timeout: COMPILE_TIMEOUT_MS, signal }),
    );
    return { buildCommand: (args) => buildCommand(jarsDir, classesDir, args) };
  } catch (error) {
    signal.throwIfAborted();
    return { missing: explain(error) };
  }
}

/** With the flags by which the lab's own JVMs start fast. */
function buildCommand(jarsDir: string, classesDir: string, args: readonly string[]): readonly string[] {
  return [
    'java',
    '-Xmx128m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Dlog4j.configuration=file:${path.join(FOLDER, 'log4j.properties')}`,
    '-cp',
    `${classesDir}:${jarsDir}/*`,
    'TraceConsumer',
    ...args,
  ];
}

/** The first line of what the compiler said is its reason. */
function explain(error: unknown): string {
  if (isMissingProgram(error)) return 'javac is not installed';
  return readWritten(error, 'stderr').trim().split('\n')[0] || messageOf(error);
}
