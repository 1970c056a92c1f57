import { formatCount } from '../format/format-number.ts';

/** A curve in words, for those who do not see it: where it is now, and between what it was. */
export function describeSeries(name: string, values: readonly number[]): string {
  const last = values.at(-1);
  if (last === undefined) return `${name}: nothing measured yet`;
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  return `${name}: now ${formatCount(last)}, in the last minutes between ${formatCount(least)} and ${formatCount(most)}`;
}
