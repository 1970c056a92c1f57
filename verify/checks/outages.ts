import type { FaultRecord, History } from './history.ts';

/** A time in which a member may hear nothing of its group, in milliseconds since the epoch. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** When each member could hear nothing. */
export interface Outages {
  /** In the order in which they began. */
  of(member: string): readonly Outage[];
}

/** A service of the lab coordinates no group, whatever is done to it. */
const SERVICE = /^(producer|consumer)\b/;

/**
 * What the faults say about who could hear nothing: a member while it was paused, and every member when a broker, a
 * ZooKeeper server or a node was disturbed, which may have been its coordinator or what elects one.
 */
export function buildOutages(history: Pick<History, 'generations' | 'faults'>): Outages {
  const ordered = history.faults.toSorted((a, b) => a.at - b.at);
  const byTarget = Map.groupBy(ordered, ({ target }) => target);
  const ofServers = Map.groupBy(pickServerFaults({ ...history, faults: ordered }), ({ target }) => target);
  const ofOthers = [...ofServers.values()].flatMap(findOutages);
  const byMember = new Map<string, readonly Outage[]>();
  return {
    of(member) {
      const found = byMember.get(member) ?? sort([...ofOthers, ...findPauses(byTarget.get(member) ?? [])]);
      byMember.set(member, found);
      return found;
    },
  };
}

/** What was done to brokers, ZooKeeper servers or nodes: to whatever is neither a member of the group nor a service. */
export function pickServerFaults({
  generations,
  faults,
}: Pick<History, 'generations' | 'faults'>): readonly FaultRecord[] {
  const clientIds = new Set(generations.flatMap(({ members }) => members.map(({ member }) => member)));
  return faults.filter(({ target }) => !clientIds.has(target) && !SERVICE.test(target));
}

/** A member that was killed or stopped needs no outage: the one started in its place knows of no older generation. */
function findPauses(faults: readonly FaultRecord[]): readonly Outage[] {
  return findIntervals(faults, ['pause', 'resume']);
}

/**
 * What is disturbed for good has been replaced when the members' patience ends, so only its beginning counts; but while
 * servers are stopped, of which a quorum is needed, nobody may be elected in the place of another.
 */
function findOutages(faults: readonly FaultRecord[]): readonly Outage[] {
  const lasting = [...findPauses(faults), ...findIntervals(faults, ['stop', 'start'])];
  return [...faults.map(({ at }) => ({ from: at, to: at })), ...lasting.filter(({ to }) => to !== Infinity)];
}

/** From each fault of the first kind to the next of the second, unless the process ended in between. */
function findIntervals(faults: readonly FaultRecord[], [opening, closing]: readonly [string, string]): Outage[] {
  const intervals: Outage[] = [];
  // What ends without a beginning had begun, though nobody wrote down when.
  let from: number | undefined = -Infinity;
  for (const { at, kind } of faults) {
    if (kind === opening) {
      if (from === undefined || from === -Infinity) from = at;
      continue;
    }
    if (kind === closing && from !== undefined) intervals.push({ from, to: at });
    from = undefined;
  }
  return from === undefined || from === -Infinity ? intervals : [...intervals, { from, to: Infinity }];
}

function sort(outages: readonly Outage[]): readonly Outage[] {
  return outages.toSorted((a, b) => a.from - b.from);
}
