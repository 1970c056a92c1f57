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

  /** By nearest rank: the smallest value that so large a share of all does not exceed; undefined of nothing. */
  measurePercentiles(): Percentiles | undefined {
    if (this.#count === 0) return undefined;
    const sorted = [...this.#counts].sort(([a], [b]) => a - b);
    const pick = (percent: number): number => {
      let left = Math.ceil((percent * this.#count) / 100);
      return sorted.find(([, times]) => (left -= times) <= 0)?.[0] ?? NaN;
    };
    return { count: this.#count, median: pick(50), p95: pick(95), p99: pick(99), max: pick(100) };
  }
}
