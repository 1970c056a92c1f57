const numberFormat = new Intl.NumberFormat('en-US');
const listFormat = new Intl.ListFormat('en-GB', { type: 'conjunction' });

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
