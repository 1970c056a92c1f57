import { hasScenario, type Check } from './check.ts';
import { Findings } from './findings.ts';
import type { FaultRecord, History, ReplicaEvent } from './history.ts';
import { conclude, type CheckResult } from './verdict.ts';
import { countOf, joinFirst } from '../../lib/wording/wording.ts';

const NAME = 'stayed-alive';
/** How many processes a summary tells about; the others are counted. */
const TOLD_LIMIT = 3;
/** What a cluster says of a pod that never ran, or that it took away itself: no process ended by itself. */
const NO_END =
  /^(ErrImage|ImagePull|InvalidImage|Create|RunContainer)|^(Evicted|Preempting|NodeShutdown|NodeLost|Terminated)$/;

/** A process of a consumer that ended though nobody had asked for it. */
export interface UnaskedEnd {
  readonly replica: string;
  readonly at: number;
  /** The exit code or signal, as the platform tells it. */
  readonly how: string;
}

export const stayedAlive: Check = {
  name: NAME,
  passes:
    'no process of a consumer ended that the scenario had not ended; one that did stands there by name, with its exit code or signal, and when',
  isAsked: hasScenario,
  begin: ({ history }) => ({ finish: () => checkStayedAlive(history) }),
};

/**
 * Consumers run until they are told to end: what a rebalance brings, or a broker that is away for a while, is no reason
 * to end. One that does is started again, and the group has rebalanced twice for nothing.
 */
export function checkStayedAlive(
  history: Pick<History, 'generations' | 'replicaEvents' | 'faults' | 'steps'>,
): CheckResult {
  const ends = findUnaskedEnds(history);
  const findings = new Findings<'ended'>();
  for (const end of ends) findings.add('ended', end);
  const startedAt = Math.min(...history.steps.map((step) => step.startedAt));
  const members = history.generations.flatMap((generation) => generation.members.map(({ member }) => member));
  const seen = history.replicaEvents.filter(isConsumer).map(({ replica }) => replica);
  return conclude({
    name: NAME,
    subject: countOf(new Set([...members, ...seen]).size, 'consumer'),
    failures: describeEnds(ends, startedAt),
    doubts: [],
    passed: 'none ended unexpectedly',
    measurements: { unaskedEnds: ends.length },
    evidence: findings.pickEvidence(),
  });
}

/** The ends of consumers' processes that no fault of the scenario explains, in the order in which they were seen. */
export function findUnaskedEnds({ replicaEvents, faults }: Pick<History, 'replicaEvents' | 'faults'>): UnaskedEnd[] {
  const byReplica = Map.groupBy(replicaEvents.filter(isConsumer), ({ replica }) => replica);
  const ends = [...byReplica].flatMap(([replica, events]) => {
    const kills = faults.filter(({ kind, target }) => kind === 'kill' && target === replica);
    return findEnds(events).filter((end) => !takeKill(kills, end));
  });
  return ends.toSorted((a, b) => a.at - b.at);
}

function isConsumer({ workload }: ReplicaEvent): boolean {
  return workload === 'consumer';
}

/** An end is seen by itself, or afterwards by the number of starts. */
function findEnds(events: readonly ReplicaEvent[]): UnaskedEnd[] {
  const ends: UnaskedEnd[] = [];
  let isDown = false;
  let restarts = events[0]?.restarts ?? 0;
  for (const { at, replica, phase, reason = 'for a reason that is not known', ...event } of events) {
    const isFailed = phase === 'failed';
    const hasEnded = isFailed ? !isDown && !NO_END.test(reason) : event.restarts > restarts && !isDown;
    if (hasEnded && phase !== 'removed') ends.push({ replica, at, how: reason });
    if (isFailed) isDown = true;
    else if (phase === 'ready' || event.restarts > restarts) isDown = false;
    restarts = Math.max(restarts, event.restarts);
  }
  return ends;
}

/** Each kill explains one end: the first that was seen after it. */
function takeKill(kills: FaultRecord[], { at }: UnaskedEnd): boolean {
  const index = kills.findIndex((kill) => kill.at <= at);
  if (index < 0) return false;
  kills.splice(index, 1);
  return true;
}

function describeEnds(ends: readonly UnaskedEnd[], startedAt: number): string[] {
  if (ends.length === 0) return [];
  const told = ends.map(
    ({ replica, at, how }) => `${replica} (${how}, ${((at - startedAt) / 1000).toFixed(1)} s into the run)`,
  );
  return [`${countOf(ends.length, 'process', 'processes')} ended unexpectedly: ${joinFirst(told, TOLD_LIMIT)}`];
}
