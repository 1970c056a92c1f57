import type { GroupSnapshot } from '../../lib/contracts/lab-snapshot.ts';

/** A pod whose deletion cost is another than it should be. `undefined` takes it back. */
export interface CostChange {
  readonly pod: string;
  readonly cost: number | undefined;
}

/**
 * Which pods need another deletion cost: a pod costs as many as it owns partitions, so that a scale-down takes idle members
 * first and then those with the smallest shares. Only the changes: each is a write to the API server. Nothing while the
 * group rebalances, when nobody knows who will own what.
 *
 * @param costs what the pods have, by name
 */
export function decideDeletionCosts(group: GroupSnapshot, costs: ReadonlyMap<string, number>): readonly CostChange[] {
  if (group.state !== 'Stable') return [];
  return group.pods.flatMap(({ name, phase, memberId, partitions }) => {
    // Who has not joined yet owns nothing, and is not ready: it goes first anyway.
    if (phase === 'terminating' || memberId === null) return [];
    const cost = partitions.length;
    return (costs.get(name) ?? 0) === cost ? [] : [{ pod: name, cost }];
  });
}

/** Takes back what was set, when it is not wanted any more. */
export function decideReleases(costs: ReadonlyMap<string, number>): readonly CostChange[] {
  return [...costs.keys()].map((pod) => ({ pod, cost: undefined }));
}
