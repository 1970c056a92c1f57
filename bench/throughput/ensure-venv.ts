import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolderOnce } from '../../platforms/local/make-folder-once.ts';
import { isMissingProgram, readWritten, runProgram } from '../../lib/process/run-program.ts';
import { messageOf } from '../../lib/errors/app-error.ts';

const INSTALL_TIMEOUT_MS = 300_000;

/** A Python with the packages and its version, or why there is none. */
export type Venv = { readonly python: string; readonly version: string } | { readonly missing: string };

/**
 * Installs the packages of a requirements file for Python, once for each content of the file and version of Python.
 *
 * @param cacheDir folder that keeps it between runs
 */
export async function ensureVenv(
  requirementsFile: string,
  cacheDir: string,
  { tell, signal }: { readonly tell: (sentence: string) => void; readonly signal: AbortSignal },
): Promise<Venv> {
  try {
    // "Python 3.11.7"
    const version = (await runProgram('python3', ['--version'], { signal })).stdout.trim();
    const requirements = await readFile(requirementsFile, 'utf8');
    const digest = createHash('sha256').update(version).update(requirements).digest('hex').slice(0, 12);
    const venv = path.resolve(cacheDir, `venv-${digest}`);
    await makeFolderOnce(venv, (partial) => {
      tell('installing the packages of the service in Python (once)');
      return install(requirementsFile, partial, signal);
    });
    return { python: path.join(venv, 'bin', 'python'), version };
  } catch (error) {
    signal.throwIfAborted();
    return { missing: explain(error) };
  }
}

async function install(requirementsFile: string, venv: string, signal: AbortSignal): Promise<void> {
  const options = { timeout: INSTALL_TIMEOUT_MS, signal };
  const python = path.join(venv, 'bin', 'python');
  await runProgram('python3', ['-m', 'venv', venv], options);
  await runProgram(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirementsFile], options);
}

/** The last line of what the tool said is its reason. */
function explain(error: unknown): string {
  if (isMissingProgram(error)) return 'python3 is not installed';
  return readWritten(error, 'stderr').trim().split('\n').at(-1) || messageOf(error);
}
