export type TargetKind = 'coordinator' | 'other broker';

/** What to kill, kill by kill: the group's coordinator in the given share of them, spread evenly over the run. */
export function planKills(kills: number, coordinatorShare: number): readonly TargetKind[] {
  return Array.from({ length: kills }, (_, index) =>
    Math.floor((index + 1) * coordinatorShare) > Math.floor(index * coordinatorShare) ? 'coordinator' : 'other broker',
  );
}

/**
 * The broker to kill next.
 *
 * @param brokers how many there are, numbered from 0
 * @param last the one that was last chosen in turn; -1 before the first
 */
export function chooseTarget(kind: TargetKind, coordinator: number, brokers: number, last: number): number {
  if (kind === 'coordinator') return coordinator;
  const next = (last + 1) % brokers;
  return next === coordinator ? (next + 1) % brokers : next;
}
