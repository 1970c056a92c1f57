import type { SavedRun } from '../../../../lib/contracts/saved-run.ts';

/** Saves the document of a run as a file, from the page itself. */
export function saveRun(run: SavedRun): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(run, null, 2)}\n`], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${run.runId.replaceAll(/[^\w.-]+/g, '-')}.json`;
  link.click();
  // Not at once: some browsers begin to read it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
