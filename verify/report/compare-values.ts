/*
 * What two runs have in common and in what they differ, as values: the page formats them, and so does the command line.
 */
import type { ComparedPercentiles, Difference } from '../../lib/contracts/run-comparison.ts';
import type { SavedPercentiles } from '../../lib/contracts/saved-run.ts';

/** Something that a run has under a name. */
export interface Fact<Value> {
  readonly name: string;
  readonly value: Value;
}

/** What is not the same, in the order of the first run. */
export function compareFacts<Value extends string | number>(
  first: readonly Fact<Value>[],
  second: readonly Fact<Value>[],
): readonly Difference<Value>[] {
  const values = [first, second].map((facts) => new Map(facts.map(({ name, value }) => [name, value])));
  return joinNames(first, second)
    .map((name) => ({ name, first: values[0]?.get(name) ?? null, second: values[1]?.get(name) ?? null }))
    .filter((row) => row.first !== row.second);
}

const PERCENTILES = ['median', 'p95', 'p99', 'max'] as const;

/** Those of the same name side by side; null where one of the runs measured nothing. */
export function comparePercentiles(
  first: readonly SavedPercentiles[],
  second: readonly SavedPercentiles[],
): readonly ComparedPercentiles[] {
  return joinNames(first, second).map((name) => {
    const [one, other] = [first, second].map((all) => all.find((row) => row.name === name && row.count > 0));
    return {
      name,
      values: PERCENTILES.map((percentile) => {
        const values = { first: one?.[percentile] ?? null, second: other?.[percentile] ?? null };
        return { name: percentile, ...values, ratio: divide(values.second, values.first) };
      }),
    };
  });
}

/** Null when it cannot be told. */
export function divide(value: number | null, by: number | null): number | null {
  return value === null || by === null || by === 0 ? null : value / by;
}

/** All names of both, each once. */
export function joinNames(
  first: readonly { readonly name: string }[],
  second: readonly { readonly name: string }[],
): string[] {
  return [...new Set([...first, ...second].map(({ name }) => name))];
}
