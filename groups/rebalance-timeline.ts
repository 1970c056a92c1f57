import type { Rebalance, Return } from '../lib/contracts/lab-snapshot.ts';
import type { GroupGeneration } from '../lib/contracts/group-generation.ts';
import type { PlatformEvent } from '../lib/contracts/platform-event.ts';
import { findMoves, type Owners } from './balance.ts';
import { decideCause, type CauseFacts } from './decide-cause.ts';
import { findReturned } from './find-returned.ts';
import { MembershipTimes } from './membership-times.ts';
import type { PartitionPause } from './pause-meter.ts';
import { readReplicaHistory, type ReplicaHistory } from './replica-history.ts';

/** Whose rebalances are kept, and how many. */
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
  /** So many partitions the topic has, and each of them has an owner. */
  takeSharedOut(partitions: number): void;
  takePause(pause: PartitionPause): void;
  /** Decides the causes of what happened after `since` again: the platform may tell late. */
  review(since: number, surroundings: Surroundings): void;
  /** When each partition got its owner, by partition, as far as that was seen. */
  readonly movedAt: ReadonlyMap<number, number>;
  readonly latest: GroupGeneration | undefined;
  /** Newest first. */
  list(): readonly Rebalance[];
  /** Static members that came back within a generation. Newest first. */
  listReturns(): readonly Return[];
}

interface Entry {
  readonly facts: Omit<CauseFacts, 'history' | 'running' | 'completes'>;
  /** The rebalance that this one completes, maybe as one of several: cooperative members give up first what others get then. */
  readonly completes: Entry | undefined;
  rebalance: Rebalance;
}

/** Coordinators of one group in turn have clocks of their own; what was written longer ago than the latest is read again. */
const CLOCKS_DIFFER_BY_MS = 5000;
/** An event that is told later than this after a rebalance is another story, unless nothing else explains it. */
const TOLD_WITHIN_MS = 5000;
/** What leaves no doubt, whatever is told later. */
const CERTAIN: ReadonlySet<string> = new Set(['scaled', 'rolled', 'killed', 'partitions-raised']);

/** Empty at first: what was before the first generation that it takes is not known. */
export function createRebalanceTimeline({ topic, keep = 50 }: RebalanceTimelineOptions): RebalanceTimeline {
  const movedAt = new Map<number, number>();
  const memberships = new MembershipTimes();
  let entries: readonly Entry[] = [];
  let returns: readonly Return[] = [];
  let latest: GroupGeneration | undefined;
  let sharedOut: number | undefined;

  /** Read again after a reconnect, or written again with the same members. */
  const isKnown = ({ generation, at }: GroupGeneration): boolean =>
    latest !== undefined &&
    (at < latest.at - CLOCKS_DIFFER_BY_MS ||
      (generation <= latest.generation && at <= latest.at) ||
      entries.some(({ rebalance }) => rebalance.generation === generation && rebalance.at === at));

  return {
    movedAt,
    get latest() {
      return latest;
    },
    take(after, around) {
      if (isKnown(after)) return;
      if (latest !== undefined && isSame(latest, after)) {
        returns = [...listReturns(latest, after), ...returns].slice(0, keep);
        latest = after;
        return;
      }
      const before = latest ?? findBeginning(after);
      const moves = before === undefined ? [] : findMoves(readOwners(before, topic), readOwners(after, topic));
      for (const { partition } of moves) movedAt.set(partition, after.at);
      const completes = findCompleted(entries, { before, after, topic, sharedOut });
      const facts = {
        before: before?.members.map((member) => ({ ...member, joinedAt: memberships.joinedAt(member.memberId) })),
        after: after.members,
        former: memberships.lastOf(after.members),
        at: after.at,
        partitionsBefore: sharedOut,
        partitionsAfter: countPartitions(after, topic),
      };
      const rebalance: Rebalance = {
        generation: after.generation,
        at: after.at,
        cause: explain({ facts, completes }, readReplicaHistory(around.events), around.running),
        completes: completes?.rebalance.generation ?? null,
        membersBefore: before?.members.length ?? 0,
        membersAfter: after.members.length,
        moves,
        pauses: [],
        longestPauseMs: null,
      };
      entries = [{ facts, completes, rebalance }, ...entries].slice(0, keep);
      memberships.note(after);
      latest = after;
    },
    takeSharedOut(partitions) {
      sharedOut = partitions;
    },
    takePause({ generation, partition, pauseMs }) {
      const entry = entries.find(({ rebalance }) => rebalance.generation === generation);
      if (entry === undefined) return;
      const others = entry.rebalance.pauses.filter((pause) => pause.partition !== partition);
      const pauses = [...others, { partition, pauseMs }].sort((a, b) => a.partition - b.partition);
      const longestPauseMs = Math.max(...pauses.map((pause) => pause.pauseMs));
      entry.rebalance = { ...entry.rebalance, pauses, longestPauseMs };
    },
    review(since, { events, running }) {
      const latestAt = events.reduce((latest, { at }) => Math.max(latest, at), -Infinity);
      let all: ReplicaHistory | undefined;
      // Oldest first: what completes a rebalance has its cause.
      for (const entry of entries.filter(({ rebalance }) => rebalance.at >= since).toReversed()) {
        const { at, cause } = entry.rebalance;
        if (CERTAIN.has(cause.kind)) continue;
        const history =
          cause.kind === 'unknown' || latestAt <= at + TOLD_WITHIN_MS
            ? (all ??= readReplicaHistory(events))
            : readReplicaHistory(events.filter((event) => event.at <= at + TOLD_WITHIN_MS));
        const found = explain(entry, history, running);
        if (found.kind !== 'unknown') entry.rebalance = { ...entry.rebalance, cause: found };
      }
    },
    list: () => entries.map(({ rebalance }) => rebalance),
    listReturns: () => returns,
  };
}

/** Before the first generation of all there was nobody. */
function findBeginning({ generation, at }: GroupGeneration): GroupGeneration | undefined {
  return generation === 1 ? { generation: 0, assignor: null, at, members: [] } : undefined;
}

function isSame(a: GroupGeneration, b: GroupGeneration): boolean {
  return a.generation === b.generation && a.members.length === b.members.length;
}

function explain(
  { facts, completes }: Pick<Entry, 'facts' | 'completes'>,
  history: ReplicaHistory,
  running: ReadonlySet<string>,
): Rebalance['cause'] {
  return decideCause({ ...facts, completes: completes?.rebalance.cause, history, running });
}

function listReturns(before: GroupGeneration, { generation, at, members }: GroupGeneration): readonly Return[] {
  return findReturned(before.members, members).flatMap(({ after: { clientId, groupInstanceId } }) =>
    groupInstanceId === undefined ? [] : [{ generation, at, clientId, groupInstanceId }],
  );
}

/** The rebalance that another one completes; undefined where that stands for itself. */
function findCompleted(
  [latest]: readonly Entry[],
  {
    before,
    after,
    topic,
    sharedOut,
  }: {
    readonly before: GroupGeneration | undefined;
    readonly after: GroupGeneration;
    readonly topic: string;
    /** Partitions of the topic when all had an owner. */
    readonly sharedOut: number | undefined;
  },
): Entry | undefined {
  // More than there were are a reason of their own.
  const isRaised = sharedOut !== undefined && countPartitions(after, topic) > sharedOut;
  const isCompletion = before !== undefined && !isRaised && isSharedOutFurther(before, after, topic);
  return isCompletion ? (latest?.completes ?? latest) : undefined;
}

/** Whether the same members shared out what had no owner, because it had to be given up first. */
function isSharedOutFurther(before: GroupGeneration, after: GroupGeneration, topic: string): boolean {
  const ids = new Set(before.members.map(({ memberId }) => memberId));
  const isSameGroup = ids.size === after.members.length && after.members.every(({ memberId }) => ids.has(memberId));
  return isSameGroup && readOwners(before, topic).size < readOwners(after, topic).size;
}

/** How many the topic has at least, by their numbers: cooperative members own only some of them for a while. */
function countPartitions({ members }: GroupGeneration, topic: string): number {
  return members.flatMap(({ partitions }) => partitions[topic] ?? []).reduce((most, one) => Math.max(most, one + 1), 0);
}

function readOwners(generation: GroupGeneration, topic: string): Owners {
  return new Map(
    generation.members.flatMap(({ clientId, partitions }) =>
      (partitions[topic] ?? []).map((partition) => [partition, clientId] as const),
    ),
  );
}
