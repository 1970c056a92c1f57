import type { Rebalance } from '../contracts/lab-snapshot.ts';
import type { GroupGeneration } from '../kafka/group-history.ts';
import type { PlatformEvent } from '../platform/platform.ts';
import { decideCause } from './decide-cause.ts';
import type { PartitionPause } from './pause-meter.ts';

export interface RebalanceTimelineOptions {
  readonly topic: string;
  /** Rebalances that are kept. @default 50 */
  readonly keep?: number;
}

/** What is around a rebalance besides its generation. */
export interface Surroundings {
  readonly events: readonly PlatformEvent[];
  readonly running: ReadonlySet<string>;
}

/** The rebalances of a group, as its coordinator wrote them down, with causes and pauses. Bounded. */
export interface RebalanceTimeline {
  take(generation: GroupGeneration, surroundings: Surroundings): void;
  takePause(pause: PartitionPause): void;
  /** Decides the causes of what happened after `since` again: the platform may tell late. */
  review(since: number, surroundings: Surroundings): void;
  /** When each partition got its owner, by partition, as far as it was seen. */
  readonly movedAt: ReadonlyMap<number, number>;
  readonly latest: GroupGeneration | undefined;
  /** Newest first. */
  list(): readonly Rebalance[];
}

interface Entry {
  readonly before: GroupGeneration | undefined;
  readonly after: GroupGeneration;
  rebalance: Rebalance;
}

export function createRebalanceTimeline({ topic, keep = 50 }: RebalanceTimelineOptions): RebalanceTimeline {
  const movedAt = new Map<number, number>();
  let entries: readonly Entry[] = [];
  let latest: GroupGeneration | undefined;

  const describe = (before: GroupGeneration | undefined, after: GroupGeneration, around: Surroundings) =>
    decideCause({
      before: before?.members,
      after: after.members,
      partitionsBefore: countPartitions(before, topic),
      partitionsAfter: countPartitions(after, topic),
      ...around,
    });

  const update = (generation: number, change: (rebalance: Rebalance) => Rebalance): void => {
    const entry = entries.find(({ after }) => after.generation === generation);
    if (entry !== undefined) entry.rebalance = change(entry.rebalance);
  };

  return {
    movedAt,
    get latest() {
      return latest;
    },
    take(after, around) {
      // Read again after a reconnect, or written again with the same members.
      if (latest !== undefined && after.generation <= latest.generation && after.at <= latest.at) return;
      if (latest !== undefined && isSame(latest, after)) {
        latest = after;
        return;
      }
      const before = latest;
      const moves = findMoves(before, after, topic);
      for (const { partition } of moves) movedAt.set(partition, after.at);
      const rebalance: Rebalance = {
        generation: after.generation,
        at: after.at,
        cause: describe(before, after, around),
        membersBefore: before?.members.length ?? 0,
        membersAfter: after.members.length,
        moves,
        pauses: [],
        longestPauseMs: null,
      };
      entries = [{ before, after, rebalance }, ...entries].slice(0, keep);
      latest = after;
    },
    takePause({ generation, partition, pauseMs }) {
      update(generation, (rebalance) => {
        const pauses = [...rebalance.pauses.filter((pause) => pause.partition !== partition), { partition, pauseMs }];
        pauses.sort((a, b) => a.partition - b.partition);
        return { ...rebalance, pauses, longestPauseMs: Math.max(...pauses.map((pause) => pause.pauseMs)) };
      });
    },
    review(since, around) {
      for (const { before, after, rebalance } of entries) {
        if (after.at < since) return;
        if (rebalance.cause.kind === 'unknown') {
          update(after.generation, (known) => ({ ...known, cause: describe(before, after, around) }));
        }
      }
    },
    list: () => entries.map(({ rebalance }) => rebalance),
  };
}

function isSame(a: GroupGeneration, b: GroupGeneration): boolean {
  return a.generation === b.generation && a.members.length === b.members.length;
}

function countPartitions(generation: GroupGeneration | undefined, topic: string): number {
  return (generation?.members ?? []).reduce((sum, { partitions }) => sum + (partitions[topic]?.length ?? 0), 0);
}

function findMoves(before: GroupGeneration | undefined, after: GroupGeneration, topic: string): Rebalance['moves'] {
  const [from, to] = [readOwners(before, topic), readOwners(after, topic)];
  const partitions = [...new Set([...from.keys(), ...to.keys()])].sort((a, b) => a - b);
  return partitions.flatMap((partition) => {
    const move = { partition, from: from.get(partition) ?? null, to: to.get(partition) ?? null };
    return move.from === move.to ? [] : [move];
  });
}

function readOwners(generation: GroupGeneration | undefined, topic: string): ReadonlyMap<number, string> {
  return new Map(
    (generation?.members ?? []).flatMap(({ clientId, partitions }) =>
      (partitions[topic] ?? []).map((partition) => [partition, clientId] as const),
    ),
  );
}
