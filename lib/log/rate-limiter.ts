/** Decides which lines of a busy log are written, and counts the others. */
export interface RateLimiter {
  /** True when a line may be written now. */
  tryTake(): boolean;
  /** How many lines were refused since the last call. */
  takeRefusedCount(): number;
}

/**
 * A token bucket of one second's worth of lines.
 *
 * @param linesPerSecond 0 means no limit
 * @param now the clock, in milliseconds
 */
export function createRateLimiter(linesPerSecond: number, now: () => number = Date.now): RateLimiter {
  let tokens = linesPerSecond;
  let refilledAt = now();
  let refused = 0;
  return {
    tryTake() {
      if (linesPerSecond === 0) return true;
      const time = now();
      tokens = Math.min(linesPerSecond, tokens + ((time - refilledAt) / 1000) * linesPerSecond);
      refilledAt = time;
      if (tokens < 1) {
        refused += 1;
        return false;
      }
      tokens -= 1;
      return true;
    },
    takeRefusedCount() {
      const count = refused;
      refused = 0;
      return count;
    },
  };
}
