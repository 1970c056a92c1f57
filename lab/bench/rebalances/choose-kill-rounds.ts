const LEAST_KILLS = 3;

/**
 * In which rounds a client with a long session is killed: a third of them, three at least, as far as there are as many,
 * spread over the run.
 */
export function chooseKillRounds(rounds: number): ReadonlySet<number> {
  const kills = Math.min(rounds, Math.max(LEAST_KILLS, Math.ceil(rounds / 3)));
  return new Set(Array.from({ length: kills }, (_, kill) => Math.floor((kill * rounds) / kills)));
}
