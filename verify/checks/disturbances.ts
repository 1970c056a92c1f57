import type { History, ReplicaEvent } from './history.ts';
import type { Gap } from './measure-gaps.ts';
import { pickServerFaults } from './outages.ts';

/** Clients come back to a broker with growing pauses: this long after it is whole again, in milliseconds. */
const RECOVERED_AFTER_MS = 30_000;

type Seen = Pick<History, 'replicaEvents' | 'faults' | 'generations'>;

/**
 * When brokers, ZooKeeper servers or nodes were disturbed, by whomever, and for a while after: whoever waits then may be
 * waiting for them.
 */
export function findDisturbances({ replicaEvents, ...history }: Seen): readonly Gap[] {
  const byFault = pickServerFaults(history).map(({ at }) => ({ from: at, to: at }));
  const servers = replicaEvents.filter(({ workload }) => workload === 'kafka' || workload === 'zookeeper');
  const byServer = [...Map.groupBy(servers, ({ replica }) => replica).values()].flatMap(findUnready);
  return [...byFault, ...byServer]
    .map(({ from, to }) => ({ from, to: to + RECOVERED_AFTER_MS }))
    .toSorted((a, b) => a.from - b.from);
}

/** From when a server was not ready to when it was again. */
function findUnready(events: readonly ReplicaEvent[]): Gap[] {
  const unready: Gap[] = [];
  let since: number | undefined;
  for (const { at, phase } of events) {
    if (phase !== 'ready') since ??= at;
    else if (since !== undefined) {
      unready.push({ from: since, to: at });
      since = undefined;
    }
  }
  return since === undefined ? unready : [...unready, { from: since, to: Infinity }];
}

/** What is left of a time without others, which are ordered by their beginnings. */
export function subtractGaps({ from, to }: Gap, others: readonly Gap[]): Gap[] {
  const left: Gap[] = [];
  let next = from;
  for (const other of others) {
    if (other.from >= to) break;
    if (other.from > next) left.push({ from: next, to: other.from });
    next = Math.max(next, other.to);
  }
  return next < to ? [...left, { from: next, to }] : left;
}
