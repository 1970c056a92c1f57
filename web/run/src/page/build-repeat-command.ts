import type { SavedRun } from '../../../../lib/contracts/saved-run.ts';

/** What a shell takes as it is; anything else is quoted, because the name came with the document. */
const PLAIN = /^[\w./:@-]+$/;

/** The command that does what a run did, once more. */
export function buildRepeatCommand({ scenario, platform }: Pick<SavedRun, 'scenario' | 'platform'>): string {
  return `npm run lab -- verify ${quote(scenario.name)} --seed ${scenario.seed} --platform ${platform}`;
}

function quote(text: string): string {
  return PLAIN.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
