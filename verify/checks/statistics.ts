/**
 * The smallest of the values that so large a share of all does not exceed (nearest rank): always one that was measured;
 * NaN of nothing.
 *
 * @param share from 0, the smallest, to 1, the largest
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[rankOf(share, sorted.length) - 1] ?? NaN;
}

/** From 1. */
function rankOf(share: number, count: number): number {
  // What a product of fractions is too large by is no reason for the next rank.
  return Math.max(1, Math.ceil(Number((share * count).toFixed(6))));
}

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [below = NaN, above = below] = sorted.slice(
    Math.ceil(sorted.length / 2) - 1,
    Math.floor(sorted.length / 2) + 1,
  );
  return (below + above) / 2;
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

/** Counts how often each value occurs: of millions of measurements in milliseconds there are some hundred values. */
export class Tally {
  readonly #counts = new Map<number, number>();
  #count = 0;

  static of(values: Iterable<number>): Tally {
    const tally = new Tally();
    for (const value of values) tally.add(value);
    return tally;
  }

  add(value: number, times = 1): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + times);
    this.#count += times;
  }

  /** @returns undefined of nothing */
  measurePercentiles(): Percentiles | undefined {
    if (this.#count === 0) return undefined;
    const sorted = [...this.#counts].sort(([a], [b]) => a - b);
    const pick = (share: number): number => {
      let left = rankOf(share, this.#count);
      return sorted.find(([, times]) => (left -= times) <= 0)?.[0] ?? NaN;
    };
    return { count: this.#count, median: pick(0.5), p95: pick(0.95), p99: pick(0.99), max: pick(1) };
  }
}
