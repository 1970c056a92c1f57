import type { RunComparison } from '../../../lib/contracts/run-comparison.ts';
import type { SavedRun } from '../../../lib/contracts/saved-run.ts';

/** What was put into the page: a run, or two and how they compare. */
export type EmbeddedDocument =
  | { readonly runs: readonly [SavedRun] }
  | { readonly runs: readonly [SavedRun, SavedRun]; readonly comparison: RunComparison };

/**
 * The runs that were put into the page, and how they compare if there are two.
 *
 * @throws when there are none, or they are of another form than this page knows
 */
export function readDocument(runsJson: string, comparisonJson: string): EmbeddedDocument {
  const runs: unknown = JSON.parse(runsJson);
  if (!Array.isArray(runs) || runs.length === 0) throw new Error('There is no run in this file.');
  if (runs.length > 2) throw new Error(`This page compares two runs, and there are ${runs.length} in this file.`);
  for (const run of runs as readonly { readonly format?: unknown }[]) {
    if (run.format !== 1) throw new Error(`This page shows runs of format 1, and this one has ${String(run.format)}.`);
  }
  const comparison = JSON.parse(comparisonJson) as RunComparison | null;
  if (runs.length === 2 && comparison === null) throw new Error('There are two runs in this file, and no comparison.');
  // Whoever wrote the page checked the rest: the schema would be most of the page.
  return (comparison === null ? { runs } : { runs, comparison }) as unknown as EmbeddedDocument;
}
