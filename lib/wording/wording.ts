/** @returns `1 member`, `3 members` */
export function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** @returns the first of them, and how many more there are: `a, b, c and 2 more` */
export function listFirst(items: readonly (string | number)[], most: number): string {
  const first = items.slice(0, most).join(', ');
  return items.length > most ? `${first} and ${String(items.length - most)} more` : first;
}
