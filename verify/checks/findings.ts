/** How much evidence a check hands over at most. */
export const EVIDENCE_LIMIT = 10;

/** Counts what a check finds, by kind, and keeps the first of each kind as evidence. */
export class Findings<Kind extends string> {
  readonly #counts = new Map<Kind, number>();
  readonly #evidence = new Map<Kind, unknown[]>();

  /** Counts one finding, or as many as `times`, with one piece of evidence for them. */
  add(kind: Kind, evidence: object, times = 1): void {
    this.#counts.set(kind, this.count(kind) + times);
    const kept = this.#evidence.get(kind) ?? [];
    if (kept.length < EVIDENCE_LIMIT) kept.push({ finding: kind, ...evidence });
    this.#evidence.set(kind, kept);
  }

  /** @returns how often this kind was found. */
  count(kind: Kind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** @returns one sentence part per kind that was found, in the order of `words`. */
  describe(words: Readonly<Partial<Record<Kind, (count: number) => string>>>): string[] {
    const described = Object.entries(words) as [Kind, (count: number) => string][];
    return described.filter(([kind]) => this.count(kind) > 0).map(([kind, describe]) => describe(this.count(kind)));
  }

  /** @returns at most ten pieces, taken from these kinds in turn so that a frequent one hides none. */
  pickEvidence(kinds: readonly Kind[] = [...this.#evidence.keys()]): readonly unknown[] {
    const kept = kinds.map((kind) => this.#evidence.get(kind) ?? []);
    const inTurn = Array.from({ length: EVIDENCE_LIMIT }, (_, turn) =>
      kept.flatMap((pieces) => pieces.slice(turn, turn + 1)),
    );
    return inTurn.flat().slice(0, EVIDENCE_LIMIT);
  }
}
