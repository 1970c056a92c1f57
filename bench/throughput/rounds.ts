import { median } from '../../verify/checks/statistics.ts';

/** One of several things that are compared. */
export interface Compared<T> {
  readonly name: string;
  /** Measures it once; null when it cannot be measured here. */
  measure(round: number): Promise<T | null>;
}

/** What every compared thing gave, round by round. */
export type Measured<T> = ReadonlyMap<string, readonly (T | null)[]>;

/** Measures each thing once in every round, and begins each round with another one. */
export async function interleave<T>(
  compared: readonly Compared<T>[],
  rounds: number,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (sentence: string) => void },
): Promise<Measured<T>> {
  const measured = new Map(compared.map(({ name }) => [name, [] as (T | null)[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const index of compared.keys()) {
      signal.throwIfAborted();
      const one = compared[(index + round) % compared.length];
      if (one === undefined) continue;
      tell(`round ${String(round + 1)} of ${String(rounds)}: ${one.name}`);
      measured.get(one.name)?.push(await one.measure(round));
    }
  }
  return measured;
}

/** The numbers that a thing gave, round by round; NaN where it gave none. */
export function collect<T>(
  measured: Measured<T>,
  name: string,
  pick: (one: T) => number | null | undefined,
): readonly number[] {
  return (measured.get(name) ?? []).map((one) => (one === null ? NaN : (pick(one) ?? NaN)));
}

/** The median of what was measured; NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  return median(values.filter(Number.isFinite));
}

/** The median of the ratios within each round, where both have a number. */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return medianOf(ours.map((value, round) => value / (theirs[round] ?? NaN)));
}

/** Lowest and highest, in words; null when there are not several. */
export function describeRange(values: readonly number[], decimals = 0): string | null {
  const known = values.filter(Number.isFinite);
  if (known.length < 2) return null;
  const [lowest, highest] = [Math.min(...known), Math.max(...known)].map((value) =>
    value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
  );
  return `${String(lowest)} to ${String(highest)}`;
}
