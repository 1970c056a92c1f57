interface Stall {
  readonly groupId: string;
  /** Id of the broker that coordinates the group. */
  readonly coordinator: number | null;
  readonly forMs: number;
  /** The longest rebalance timeout that is known of a member. */
  readonly longestTimeoutMs: number;
}

/** A broker that is busy and clocks that differ are no reason for words. */
const MARGIN_MS = 5000;

/** Whether a rebalance has lasted for longer than any member that is known may take. */
export function isStalled({ forMs, longestTimeoutMs }: Pick<Stall, 'forMs' | 'longestTimeoutMs'>): boolean {
  return forMs > longestTimeoutMs + MARGIN_MS;
}

/**
 * What keeps a group from ending its rebalance: a member that may take longer, or a coordinator that has failed. Kafka
 * 3.9 fails over a member whose subscription it cannot read, after which nothing but its restart ends the rebalance.
 */
export function explainStall({ groupId, coordinator, forMs, longestTimeoutMs }: Stall): string {
  const broker = coordinator === null ? 'its coordinator' : `broker ${String(coordinator)}, its coordinator`;
  return (
    `group ${groupId} has been rebalancing for ${toSeconds(forMs)}, longer than the rebalance timeout of ${toSeconds(longestTimeoutMs)}: ` +
    `either a new member may take longer (5 minutes by default with Java clients), or ${broker}, has failed over a member: ` +
    `then its log has "Unexpected error handling request" for a JOIN_GROUP of the group; stop that client and restart the broker`
  );
}

function toSeconds(ms: number): string {
  return `${String(Math.round(ms / 1000))} s`;
}
