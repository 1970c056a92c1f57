/** Snapshots come about twice a second: after this silence something is wrong. */
const STALE_AFTER_MS = 3000;

export type Freshness =
  { readonly kind: 'waiting' } | { readonly kind: 'live' } | { readonly kind: 'stale'; readonly silentSeconds: number };

/**
 * How much what is shown can be trusted. Both times are by the same monotonic clock of this browser.
 *
 * @param lastEventAt when the last snapshot arrived; null when none has
 */
export function decideFreshness(lastEventAt: number | null, now: number): Freshness {
  if (lastEventAt === null) return { kind: 'waiting' };
  const silentMs = now - lastEventAt;
  return silentMs < STALE_AFTER_MS ? { kind: 'live' } : { kind: 'stale', silentSeconds: Math.floor(silentMs / 1000) };
}

/** The server's clock now: ages must not depend on how well the two machines agree about the time. */
export function estimateServerTime(snapshotAt: number, receivedAt: number, now: number): number {
  return snapshotAt + Math.max(0, now - receivedAt);
}
