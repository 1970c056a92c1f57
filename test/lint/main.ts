/**
 * Runs ShellCheck on every shell script of this checkout and on what its workflows run.
 * The pinned one of requirements.txt is installed once; where it cannot be had, the machine's own is taken.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureVenv } from '../../bench/throughput/ensure-venv.ts';
import { CACHE_DIR } from '../../lab/lab-settings.ts';
import { extractRunParts, selectScripts } from './shell-scripts.ts';

process.chdir(path.resolve(import.meta.dirname, '../..'));

const shellcheck = await findShellcheck();
const files = listFiles().map((name) => ({ name, text: readFileSync(name, 'utf8') }));
const scripts = selectScripts(files).map(({ name }) => name);
// With what a script sources.
let isClean = check(['--check-sourced', ...scripts]);
const workflows = files.filter(({ name }) => name.startsWith('.github/workflows/'));
for (const { name, text } of workflows.flatMap(extractRunParts)) {
  if (check(['-'], text)) continue;
  console.error(`The script "-" above is what ${name}, runs.`);
  isClean = false;
}
process.exitCode = isClean ? 0 : 1;

async function findShellcheck(): Promise<string> {
  const options = { tell: () => console.log('installing ShellCheck (once)'), signal: AbortSignal.timeout(300_000) };
  const venv = await ensureVenv(path.join(import.meta.dirname, 'requirements.txt'), CACHE_DIR, options);
  if ('python' in venv) return path.join(path.dirname(venv.python), 'shellcheck');
  if (spawnSync('shellcheck', ['--version']).status === 0) return 'shellcheck';
  console.error(
    `ShellCheck is not installed, and could not be (${venv.missing}). ` +
      'Debian: apt-get install -y shellcheck; macOS: brew install shellcheck',
  );
  process.exit(1);
}

function listFiles(): string[] {
  const others = ['node_modules', 'dist', 'dist-run', 'coverage', '.git', '.lab', '.venv'];
  const pruned = others.flatMap((name) => ['-name', name, '-prune', '-o']);
  const found = spawnSync('find', ['.', ...pruned, '-type', 'f', '-print0'], { encoding: 'utf8' });
  if (found.status !== 0) throw new Error(`find failed: ${found.stderr}`);
  return found.stdout
    .split('\0')
    .filter((name) => name !== '')
    .map((name) => path.normalize(name));
}

function check(args: string[], input = ''): boolean {
  return spawnSync(shellcheck, args, { input, stdio: ['pipe', 'inherit', 'inherit'] }).status === 0;
}
