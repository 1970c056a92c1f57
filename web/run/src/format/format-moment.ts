const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium' });
const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

/** Date and time of day in the reader's time zone. */
export function formatMoment(at: number): string {
  return DATE.format(at);
}

/** A measurement as it is: grouped, never shortened. */
export function formatMeasurement(value: number): string {
  return NUMBER.format(value);
}

/** Milliseconds to be compared in a column: with a digit below ten, where it matters. */
export function formatMilliseconds(value: number): string {
  return value < 10 ? value.toFixed(1) : NUMBER.format(Math.round(value));
}

/** A name in camel case as words: `processedTwiceRecords` is "processed twice records". */
export function formatName(name: string): string {
  return name.replaceAll(
    /([a-z\d])([A-Z])/g,
    (_match, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
}
