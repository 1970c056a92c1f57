import { escapeUnprintable } from '../../lib/contracts/foreign-text.ts';

/** Text as a terminal may be given it: it moves no cursor and sets no colour. Line feeds and tabs stay. */
export function escapeForTerminal(text: string): string {
  return text.replace(/[^\n\t]+/g, escapeUnprintable);
}
