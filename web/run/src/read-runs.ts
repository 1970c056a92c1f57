import type { SavedRun } from '../../../lib/contracts/saved-run.ts';

/**
 * The runs that were put into the page.
 *
 * @throws when there are none, or they are of another form than this page knows
 */
export function readRuns(json: string): readonly SavedRun[] {
  const runs: unknown = JSON.parse(json);
  if (!Array.isArray(runs) || runs.length === 0) throw new Error('There is no run in this file.');
  if (runs.length > 2) throw new Error(`This page compares two runs, and there are ${runs.length} in this file.`);
  for (const run of runs as readonly { readonly format?: unknown }[]) {
    if (run.format !== 1) throw new Error(`This page shows runs of format 1, and this one has ${String(run.format)}.`);
  }
  // Whoever wrote the page checked the rest: the schema would be most of the page.
  return runs as readonly SavedRun[];
}
