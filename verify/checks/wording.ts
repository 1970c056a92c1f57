const numberFormat = new Intl.NumberFormat('en-US');
const listFormat = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** @returns `1 record`, `2,000 records`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${numberFormat.format(count)} ${count === 1 ? singular : plural}`;
}

/** @returns `a`, `a and b`, `a, b and c`. */
export function joinList(parts: readonly string[]): string {
  return listFormat.format(parts);
}
