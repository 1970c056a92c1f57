/** The value below which a share of the sorted values lies, by linear interpolation; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Median, 95th percentile and largest. */
export function summarize(values: readonly number[]): readonly [median: number, p95: number, max: number] {
  return [median(values), quantile(values, 0.95), quantile(values, 1)];
}
