const LEAST_ROUNDS = 3;

/**
 * In which rounds a client takes part whose changes take most of the time: a third of them, three at least, as far as
 * there are as many, spread over the run.
 */
export function chooseSparseRounds(rounds: number): ReadonlySet<number> {
  const chosen = Math.min(rounds, Math.max(LEAST_ROUNDS, Math.ceil(rounds / 3)));
  return new Set(Array.from({ length: chosen }, (_, index) => Math.floor((index * rounds) / chosen)));
}
