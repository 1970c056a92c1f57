import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SavedRun } from '../../lib/contracts/saved-run.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import { compareRuns } from './compare-runs.ts';

const TEMPLATE = path.resolve(import.meta.dirname, '../../web/dist-run/run.html');
const TITLE = /<title>[^<]*<\/title>/;
const DATA = /(<script type="application\/json" id="runs">)\s*\[\]\s*(?=<\/script>)/;
const COMPARISON = '<script type="application/json" id="comparison">';

/**
 * The page of one run, or of two that are compared, as one file that needs nothing else.
 *
 * @param template what `readRunPageTemplate` reads
 * @throws `internal` when the template has no place for a title or for runs
 */
export function buildRunPage(template: string, runs: readonly SavedRun[]): string {
  if (!TITLE.test(template) || !DATA.test(template)) {
    throw new AppError('internal', 'The template of the page of a run has no place for the run.');
  }
  // Functions, because a text may contain what means something to `replace`.
  return template
    .replace(DATA, (_match, start: string) => start + encodeForScript(runs) + embedComparison(runs))
    .replace(TITLE, () => `<title>${encodeForText(describeRuns(runs))}</title>`);
}

/** Another element after that of the runs: the page draws what is in it, and compares nothing itself. */
function embedComparison([first, second]: readonly SavedRun[]): string {
  if (first === undefined || second === undefined) return '';
  return `</script>${COMPARISON}${encodeForScript(compareRuns(first, second))}`;
}

/** @throws `missing-requirement` when the page of runs is not built */
export async function readRunPageTemplate(file: string = TEMPLATE): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError('missing-requirement', 'the page of a run is not built yet: `make page` builds it', {
      cause: error,
    });
  }
}

function describeRuns(runs: readonly SavedRun[]): string {
  const names = runs.map(({ scenario, verdict, runId }) => `${scenario.name} ${verdict} (${runId})`);
  return `${names.join(' and ')} – Kafka lab`;
}

/** JSON in which no text can end the element, begin a comment, or break a line of script. */
function encodeForScript(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[<\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function encodeForText(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
