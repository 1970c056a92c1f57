import { cp, mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { messageOf } from '../../lib/errors/app-error.ts';
import { openRunDirectory, type RunDirectory } from '../history/run-directory.ts';
import type { Random } from '../scenarios/random.ts';
import { judgeRun } from '../runs/judge-run.ts';
import type { ExamResult } from './take-exam.ts';

/** What a run's directory has beside what it is judged by. */
const NOT_JUDGED = new Set(['run.html', 'run.json', 'junit.xml']);

/** Cuts each file that a run is judged by, anywhere, and judges what is left. */
export async function cutFiles(run: RunDirectory, trials: number, random: Random): Promise<readonly ExamResult[]> {
  const entries = await readdir(run.dir, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !NOT_JUDGED.has(entry.name)).map(({ name }) => name);
  const results: ExamResult[] = [];
  for (const file of files.sort()) {
    const { size } = await stat(run.file(file));
    const places = Array.from({ length: size > 0 ? trials : 0 }, () => random.integer(0, size - 1));
    results.push(await cutFile(run, file, `${file} is cut off`, places));
    if (path.extname(file) !== '.jsonl') continue;
    const bytes = await readFile(run.file(file));
    const ends = new Set(places.map((place) => bytes.lastIndexOf('\n', place) + 1));
    results.push(await cutFile(run, file, `${file} is cut off between two lines`, [...ends]));
  }
  return results;
}

async function cutFile(run: RunDirectory, file: string, name: string, places: readonly number[]): Promise<ExamResult> {
  const verdicts = { pass: 0, fail: 0, unknown: 0 };
  const checks: Record<string, number> = {};
  const count = (name: string): void => void (checks[name] = (checks[name] ?? 0) + 1);
  for (const place of places) {
    const copy = await mkdtemp(path.join(tmpdir(), 'kafka-lab-exam-'));
    try {
      await cp(run.dir, copy, { recursive: true, filter: (from) => !NOT_JUDGED.has(path.basename(from)) });
      await truncate(path.join(copy, file), place);
      const { judgement } = await judgeRun(openRunDirectory(copy));
      verdicts[judgement.verdict] += 1;
      for (const check of judgement.checks) if (check.verdict !== 'pass') count(check.name);
    } catch (error) {
      // A sentence with the file, and no verdict.
      if (!messageOf(error).includes(path.basename(file, path.extname(file)))) throw error;
      verdicts.unknown += 1;
      count('refused');
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }
  return { name, harmless: undefined, trials: places.length, verdicts, checks };
}
