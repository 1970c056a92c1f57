import path from 'node:path';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { RunDirectory } from '../history/run-directory.ts';
import type { JudgedRun } from '../runs/judge-run.ts';
import { formatVerdict } from './format-verdict.ts';
import { writeReport } from './write-report.ts';

/** Prints the verdict on a run and saves its report; the verdict stands, though nothing can be saved. */
export async function tellVerdict(
  directory: RunDirectory,
  run: JudgedRun,
  print: (line: string) => void,
): Promise<void> {
  formatVerdict(run).forEach(print);
  try {
    const { file, missing } = await writeReport(directory, run);
    if (missing !== undefined) print(`no page of it: ${missing}`);
    print(`saved: ${path.relative('.', file)}`);
  } catch (error) {
    print(`the report was not saved: ${messageOf(error)}`);
  }
}
