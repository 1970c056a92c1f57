/**
 * Text that others chose (keys, client ids, hosts, names) and that people read: in log lines, in a terminal, on a page,
 * in an object's status. It could move the cursor, forge a line, turn a sentence around, or be megabytes long.
 */

/** Controls (C0, DEL, C1), line and paragraph separators, what turns text around, what is invisible, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\u{200b}\u{2060}\u{feff}]/gu;

/** Writes what must not reach a reader raw as JSON does: an escape becomes `\u001b`. What is within JSON stays the same JSON. */
export function escapeUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, escapeCharacters);
}

/** Each character as its code, as JSON writes it. */
export function escapeCharacters(text: string): string {
  return text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** At most so many characters (code points), an ellipsis at the end when some are left out. */
export function cutText(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) return text;
  // Only what could be shown is taken apart: the text may be huge.
  const characters = Array.from(text.slice(0, 2 * mostCharacters + 2));
  return characters.length <= mostCharacters ? text : `${characters.slice(0, mostCharacters - 1).join('')}…`;
}

/** Foreign text as it may be shown: cut first, then escaped, so that no escape is cut in two. */
export function showForeignText(text: string, mostCharacters: number): string {
  return escapeUnprintable(cutText(text, mostCharacters));
}
