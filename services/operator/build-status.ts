import type { GroupSnapshot, Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import { buildConditions, listIdle, type ConditionFacts } from './build-conditions.ts';
import type { Condition, ConsumerGroupStatus, LastRebalance } from './consumer-group.ts';

/** What the status is made of: that of the conditions, and what only the status tells. */
export interface StatusFacts extends ConditionFacts {
  /** Deletion costs that the pods have, by name. */
  readonly deletionCosts: ReadonlyMap<string, number>;
  /** What was told of the last rebalance before, for as long as none is known. @default nothing */
  readonly lastRebalance?: LastRebalance | undefined;
}

/** What of the pods the status has room for; the schema takes no more. */
const MOST_PODS = 500;
/** How many of them there are is told beside. */
const MOST_IDLE_MEMBERS = 100;

/** The status of a ConsumerGroup: the group as it is, in the words of the resource. */
export function buildStatus(facts: StatusFacts, before: readonly Condition[]): ConsumerGroupStatus {
  const { group, observedGeneration, deletionCosts } = facts;
  const idle = listIdle(group);
  const [newest] = group.rebalances;
  const lastRebalance = newest === undefined ? facts.lastRebalance : describeRebalance(newest);
  return {
    observedGeneration,
    state: group.state,
    ...(group.assignor !== null && { assignor: group.assignor }),
    ...(group.generation !== null && { generation: group.generation }),
    members: group.members.length,
    partitions: group.partitions.length,
    idle: idle.length,
    imbalance: group.imbalance,
    lag: group.lag,
    shares: formatShares(group),
    idleMembers: idle.slice(0, MOST_IDLE_MEMBERS).map(({ clientId }) => clientId),
    pods: group.pods.slice(0, MOST_PODS).map((pod) => {
      const deletionCost = deletionCosts.get(pod.name);
      return {
        name: pod.name,
        node: pod.node,
        ...(pod.zone !== null && { zone: pod.zone }),
        phase: pod.phase,
        partitions: pod.partitions,
        lag: pod.lag,
        ...(pod.idleReason !== null && { idleReason: pod.idleReason }),
        ...(deletionCost !== undefined && { deletionCost }),
        isNextToGo: pod.isNextToGo,
      };
    }),
    ...(lastRebalance && { lastRebalance }),
    explanation: group.explanations[0]?.sentence ?? '',
    conditions: buildConditions(facts, before),
  };
}

function describeRebalance(rebalance: Rebalance): LastRebalance {
  const { generation, at, cause, moves, longestPauseMs } = rebalance;
  return {
    generation,
    time: new Date(at).toISOString(),
    cause: cause.kind,
    message: cause.sentence,
    moved: moves.length,
    ...(longestPauseMs !== null && { longestPauseMilliseconds: longestPauseMs }),
  };
}

const SHARES_SHOWN = 12;

/** Partitions of each pod, the largest share first: `2,2,1,0`. */
function formatShares({ pods }: GroupSnapshot): string {
  const shares = pods.filter(({ memberId }) => memberId !== null).map(({ partitions }) => partitions.length);
  const sorted = shares.toSorted((a, b) => b - a);
  const shown = sorted.slice(0, SHARES_SHOWN).join(',');
  return sorted.length > SHARES_SHOWN ? `${shown},… (${String(sorted.length)})` : shown;
}
