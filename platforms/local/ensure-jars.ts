import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { isMissingProgram, readWritten, runProgram } from '../../lib/process/run-program.ts';
import { makeFolderOnce } from './make-folder-once.ts';

const POM = path.join(import.meta.dirname, 'pom.xml');
const OLDEST_JAVA = 17;
const INSTALL_LINE = 'Debian: apt-get install -y default-jdk-headless maven; macOS: brew install openjdk maven';
const MAVEN_TIMEOUT_MS = 300_000;

/**
 * Fetches the jars of ZooKeeper and Kafka with Maven, once for each content of the pom.
 *
 * @param cacheDir folder that keeps the jars between runs
 * @param tell is told when something takes a while
 * @returns the folder with the jars
 * @throws AppError `missing-requirement` without Java 17 or newer, or without Maven, or when Maven fails
 */
export async function ensureJars(cacheDir: string, tell: (sentence: string) => void): Promise<string> {
  await requireJava();
  const jarsDir = await locateJars(cacheDir);
  try {
    await makeFolderOnce(jarsDir, async (partial) => {
      tell('fetching the jars of ZooKeeper and Kafka with Maven (once, about 50 MB)');
      await mkdir(partial, { recursive: true });
      await runProgram(
        'mvn',
        [
          '-q',
          '-B',
          '-f',
          POM,
          'dependency:copy-dependencies',
          '-DincludeScope=runtime',
          `-DoutputDirectory=${partial}`,
        ],
        { timeout: MAVEN_TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 },
      );
    });
  } catch (error) {
    if (isMissingProgram(error)) {
      throw new AppError('missing-requirement', `Maven is not installed. ${INSTALL_LINE}`, { cause: error });
    }
    throw new AppError('missing-requirement', `Maven could not fetch the jars: ${explainMaven(error)}`, {
      cause: error,
    });
  }
  return jarsDir;
}

/** The folder of the jars, whether they are there or not. */
export async function locateJars(cacheDir: string): Promise<string> {
  const pom = await readFile(POM);
  const version = createHash('sha256').update(pom).digest('hex').slice(0, 12);
  return path.resolve(cacheDir, `jars-${version}`);
}

async function requireJava(): Promise<void> {
  let banner: string;
  try {
    banner = (await runProgram('java', ['-version'])).stderr;
  } catch (error) {
    throw new AppError(
      'missing-requirement',
      `Java ${String(OLDEST_JAVA)} or newer is not installed. ${INSTALL_LINE}`,
      {
        cause: error,
      },
    );
  }
  const major = Number(/version "(?:1\.)?(\d+)/.exec(banner)?.[1]);
  if (!(major >= OLDEST_JAVA)) {
    throw new AppError(
      'missing-requirement',
      `Java ${String(OLDEST_JAVA)} or newer is needed, and \`java -version\` says: ${banner.split('\n')[0] ?? ''}. ${INSTALL_LINE}`,
    );
  }
}

/** Maven tells its reason in the lines that begin with [ERROR], the first of which is the one that matters. */
function explainMaven(error: unknown): string {
  const lines = readWritten(error, 'stdout').split('\n');
  return lines.find((line) => line.startsWith('[ERROR]')) ?? messageOf(error);
}
