import type { SavedStep } from '../../../../lib/contracts/saved-run.ts';

/** Steps of two runs at the same place; null where one has none. */
export interface StepPair {
  readonly index: number;
  readonly first: SavedStep | null;
  readonly second: SavedStep | null;
}

/** Steps at the same place, whether or not they say the same. */
export function pairSteps(first: readonly SavedStep[], second: readonly SavedStep[]): readonly StepPair[] {
  return Array.from({ length: Math.max(first.length, second.length) }, (_, index) => ({
    index,
    first: first[index] ?? null,
    second: second[index] ?? null,
  }));
}
