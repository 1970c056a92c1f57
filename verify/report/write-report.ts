import { writeFile } from 'node:fs/promises';
import type { RunDirectory } from '../history/run-directory.ts';
import type { JudgedRun } from '../runs/judge-run.ts';
import { messageOf } from '../../lib/errors/app-error.ts';
import { buildRunPage, readRunPageTemplate } from './build-run-page.ts';
import { RUN_FILE } from './read-saved-run.ts';
import { buildSavedRun } from './build-saved-run.ts';
import { buildJunit } from './build-junit.ts';

/** What was written, and what could not be. */
export interface WrittenReport {
  /** The file to open. */
  readonly file: string;
  /** Why there is no page of the run. */
  readonly missing?: string;
}

/** Writes what is made of a judged run: `run.json`, `junit.xml`, `run.html`. */
export async function writeReport(directory: RunDirectory, run: JudgedRun): Promise<WrittenReport> {
  const saved = buildSavedRun(run);
  const document = directory.file(RUN_FILE);
  await writeFile(document, `${JSON.stringify(saved)}\n`);
  await writeFile(directory.file('junit.xml'), buildJunit(saved));
  try {
    const page = directory.file('run.html');
    await writeFile(page, buildRunPage(await readRunPageTemplate(), [saved]));
    return { file: page };
  } catch (error) {
    // The verdict stands without a page of it.
    return { file: document, missing: messageOf(error) };
  }
}
