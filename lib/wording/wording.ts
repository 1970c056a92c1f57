const numberFormat = new Intl.NumberFormat('en-US');
const listFormat = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** Of a value that is shown because it is wrong, in characters. */
const LONGEST_GIVEN = 200;

/** @returns `PORT is "x"; ` or `PORT is missing; ` and the reason why that will not do */
export function describeWrong(name: string, given: unknown, reason: string): string {
  return `${name} is ${given === undefined ? 'missing' : shorten(JSON.stringify(given))}; ${reason}`;
}

/** @returns the text, or as much of it as is worth showing, and a sign that it goes on */
export function shorten(text: string): string {
  return text.length > LONGEST_GIVEN ? `${text.slice(0, LONGEST_GIVEN)}…` : text;
}

/** @returns `1 member`, `3 members`, `2000 members` */
export function count(number: number, noun: string): string {
  return `${String(number)} ${inflect(number, noun)}`;
}

/** @returns `1 record`, `2,000 records` */
export function countOf(count: number, singular: string, plural?: string): string {
  return `${numberFormat.format(count)} ${inflect(count, singular, plural)}`;
}

function inflect(count: number, singular: string, plural = `${singular}s`): string {
  return count === 1 ? singular : plural;
}

/** @returns the first of them, and how many more there are: `a, b, c and 2 more` */
export function listFirst(items: readonly (string | number)[], most: number): string {
  const first = items.slice(0, most).join(', ');
  return items.length > most ? `${first} and ${String(items.length - most)} more` : first;
}

/** @returns `a`, `a and b`, `a, b and c` */
export function joinList(parts: readonly string[]): string {
  return listFormat.format(parts);
}

/** @returns the first of them, and how many others there are: `a, b and 2 others` */
export function joinFirst(parts: readonly string[], most: number): string {
  const others = parts.length - most;
  return joinList([...parts.slice(0, most), ...(others > 0 ? [countOf(others, 'other')] : [])]);
}
