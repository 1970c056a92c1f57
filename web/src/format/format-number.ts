const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const ONE_DIGIT = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

const SHORT_FROM = 100_000;

/** A count of records as a person reads it: whole, grouped, and shortened where it is long. */
export function formatCount(count: number): string {
  return Math.abs(count) >= SHORT_FROM ? SHORT.format(count) : WHOLE.format(count);
}

/** A rate without its unit; below ten a digit more, because there it matters. */
export function formatRate(perSecond: number): string {
  return perSecond < 10 ? ONE_DIGIT.format(perSecond) : formatCount(perSecond);
}

/** The singular or the plural: `formatAmount(1, 'partition')` is "1 partition". */
export function formatAmount(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}
