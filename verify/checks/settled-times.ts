/**
 * When a group had come to rest: nobody was joining, leaving or being waited for, so every member may work. Kafka writes
 * down when a rebalance ended, and not when it began; what the platform saw of the processes says when none can have.
 */
import { isChange } from '../scenarios/steps/registry.ts';
import { findDisturbances, subtractGaps } from './disturbances.ts';
import type { Generation, History } from './history.ts';
import type { Gap } from './measure-gaps.ts';

/** A time in which nothing but a generation's members and their work was going on. */
export interface SettledTime extends Gap {
  readonly generation: Generation;
}

type Seen = Pick<History, 'generations' | 'replicaEvents' | 'faults' | 'steps'>;

/** Phases of a process that takes part in the group, or soon will. */
const PRESENT: ReadonlySet<string> = new Set(['starting', 'ready', 'unready', 'failed']);
/** Phases that a member may come to while its group stays as it is. */
const SETTLED: ReadonlySet<string> = new Set(['ready', 'unready']);

/** Whether a consumer in it neither comes nor goes. */
export function isSettledPhase(phase: string): boolean {
  return SETTLED.has(phase);
}

/** Whether a replica was paused then, and nothing else had been done to it since. */
export function isPaused(faults: Seen['faults'], target: string, time: number): boolean {
  return faults.findLast((fault) => fault.target === target && fault.at <= time)?.kind === 'pause';
}

/** The times in which no rebalance can have been under way and no broker was disturbed, in their order. */
export function findSettledTimes(history: Seen): SettledTime[] {
  const { generations } = history;
  const changes = listChanges(history);
  const disturbances = findDisturbances(history);
  return generations.flatMap((generation, index) => {
    const from = generation.at;
    const next = generations[index + 1]?.at ?? Infinity;
    const change = changes.find((at) => at > from) ?? Infinity;
    // A generation that nothing explains has begun at some time before it was written.
    if (change > next || !isComplete(generation, history)) return [];
    return subtractGaps({ from, to: change }, disturbances).map((gap) => ({ ...gap, generation }));
  });
}

/** When something was done to the consumers or seen of them, after which the group may have begun to rebalance. */
function listChanges({ replicaEvents, faults, steps }: Seen): readonly number[] {
  return [
    ...replicaEvents.filter(({ workload, phase }) => workload === 'consumer' && !isSettledPhase(phase)),
    ...faults,
    ...steps.filter(({ kind }) => isChange(kind)).map(({ startedAt }) => ({ at: startedAt })),
  ]
    .map(({ at }) => at)
    .toSorted((a, b) => a - b);
}

/** Whether every process that took part then was a member, and every member a process that took part. */
function isComplete({ at, members }: Generation, { replicaEvents, faults }: Seen): boolean {
  const phases = new Map<string, string>();
  for (const event of replicaEvents) {
    if (event.workload === 'consumer' && event.at <= at) phases.set(event.replica, event.phase);
  }
  const names = new Set(members.map(({ member }) => member));
  const arePresent = [...names].every(
    (name) => PRESENT.has(phases.get(name) ?? 'ready') && !isPaused(faults, name, at),
  );
  return (
    arePresent &&
    [...phases].every(([name, phase]) => !PRESENT.has(phase) || names.has(name) || isPaused(faults, name, at))
  );
}
