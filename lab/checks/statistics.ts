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

/** What is said about many values, each of them one that was measured. */
export interface Percentiles {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Percentiles by nearest rank: the smallest value that so large a share of all does not exceed; undefined of nothing. */
export function measurePercentiles(values: readonly number[]): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const pick = (percent: number): number => sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? NaN;
  return { count: sorted.length, median: pick(50), p95: pick(95), p99: pick(99), max: pick(100) };
}
