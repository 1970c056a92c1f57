import type { FaultRecord, History } from './history.ts';

/** A time in which a member may hear nothing of its group, in milliseconds since the epoch. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

export interface Outages {
  /** In the order in which they began. */
  of(member: string): readonly Outage[];
}

/**
 * What the faults say about who could hear nothing: a member while it was paused, and every member when something
 * else than a member was disturbed, which may have been its coordinator.
 */
export function buildOutages({ generations, faults }: Pick<History, 'generations' | 'faults'>): Outages {
  const clientIds = new Set(generations.flatMap(({ members }) => members.map(({ member }) => member)));
  const ordered = faults.toSorted((a, b) => a.at - b.at);
  const byTarget = Map.groupBy(ordered, ({ target }) => target);
  const ofOthers = [...byTarget].filter(([target]) => !clientIds.has(target)).flatMap(([, each]) => findOutages(each));
  const byMember = new Map<string, readonly Outage[]>();
  return {
    of(member) {
      const found = byMember.get(member) ?? sort([...ofOthers, ...findPauses(byTarget.get(member) ?? [])]);
      byMember.set(member, found);
      return found;
    },
  };
}

/** A member that was killed or stopped needs no outage: the one started in its place knows of no older generation. */
function findPauses(faults: readonly FaultRecord[]): readonly Outage[] {
  const pauses: Outage[] = [];
  let pausedAt: number | undefined;
  for (const { at, kind } of faults) {
    if (kind === 'pause') {
      pausedAt ??= at;
    } else if (kind === 'resume') {
      // What was resumed had been paused, though nobody wrote down when.
      pauses.push({ from: pausedAt ?? -Infinity, to: at });
      pausedAt = undefined;
    } else {
      pausedAt = undefined;
    }
  }
  return pausedAt === undefined ? pauses : [...pauses, { from: pausedAt, to: Infinity }];
}

/** What is disturbed for good has been replaced when the members' patience ends, so only its beginning counts. */
function findOutages(faults: readonly FaultRecord[]): readonly Outage[] {
  const pauses = findPauses(faults).filter(({ to }) => to !== Infinity);
  return [...faults.map(({ at }) => ({ from: at, to: at })), ...pauses];
}

function sort(outages: readonly Outage[]): readonly Outage[] {
  return outages.toSorted((a, b) => a.from - b.from);
}
