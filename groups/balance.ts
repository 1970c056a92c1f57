/**
 * What "balanced" means, who is idle, and what has moved: decided here, and asked for by the page, the operator, scenarios,
 * checks and benchmarks.
 */
import type { GroupMember, GroupPartition } from '../lib/contracts/group.ts';

/** What a member has, as far as balance is about it. */
export interface Share {
  readonly partitions: readonly number[];
  /** Partitions it was assigned that the topic does not have, where they are not among the others. @default 0 */
  readonly absentPartitions?: number;
}

/** How the partitions of a topic are shared out among members. */
export interface Balance {
  /** Most partitions of a member, and least; 0 of nobody. */
  readonly most: number;
  readonly least: number;
  /** Members without a partition. */
  readonly idle: number;
  /** Members that cannot but be idle: those beyond one for each partition. */
  readonly spare: number;
  /** Partitions without an owner, ascending. */
  readonly unowned: readonly number[];
  /** Partitions with more than one owner, ascending. */
  readonly contested: readonly number[];
  /** Partitions with an owner that the topic does not have, ascending. */
  readonly absent: readonly number[];
  /** How many partitions were assigned that the topic does not have, named above or not. */
  readonly absentCount: number;
  /** Whether shares differ by at most one partition. */
  readonly isEven: boolean;
  /** Whether each partition has one owner, no owner has another, and shares are even. */
  readonly isBalanced: boolean;
}

/**
 * @param shares of the members that share the topic's partitions
 * @param partitions numbers of the topic's partitions
 */
export function measureBalance(shares: readonly Share[], partitions: Iterable<number>): Balance {
  const owners = new Map([...partitions].map((partition) => [partition, 0]));
  const existing = owners.size;
  const absent = new Set<number>();
  for (const partition of shares.flatMap((share) => share.partitions)) {
    const count = owners.get(partition);
    if (count === undefined) absent.add(partition);
    else owners.set(partition, count + 1);
  }
  const select = (isSelected: (owners: number) => boolean): number[] =>
    ascending([...owners].flatMap(([partition, count]) => (isSelected(count) ? [partition] : [])));
  const sizes = shares.map((share) => share.partitions.length);
  const [most, least] = sizes.length === 0 ? [0, 0] : [Math.max(...sizes), Math.min(...sizes)];
  const unowned = select((count) => count === 0);
  const contested = select((count) => count > 1);
  const absentCount = absent.size + shares.reduce((sum, { absentPartitions = 0 }) => sum + absentPartitions, 0);
  const isEven = most - least <= 1;
  const isWhole = existing > 0 && unowned.length + contested.length + absentCount === 0;
  return {
    ...{ most, least, unowned, contested, absentCount, isEven },
    idle: sizes.filter((size) => size === 0).length,
    spare: countSpare(shares.length, existing),
    absent: ascending([...absent]),
    isBalanced: isWhole && isEven,
  };
}

/** The same of a group: of its members that share the topic's partitions. */
export function measureGroup({
  members,
  partitions,
}: {
  readonly members: readonly GroupMember[];
  readonly partitions: readonly Pick<GroupPartition, 'partition'>[];
}): Balance {
  return measureBalance(
    members.filter(isSharer),
    partitions.map(({ partition }) => partition),
  );
}

/** Members that cannot but be idle, because a partition has one owner in a group. */
export function countSpare(members: number, partitions: number): number {
  return Math.max(0, members - partitions);
}

type Reader = Pick<GroupMember, 'reads' | 'partitions'>;

/** Whether a member shares the topic's partitions with the others: one that reads other topics only does not. */
export function isSharer({ reads }: Pick<Reader, 'reads'>): boolean {
  return reads === 'topic' || reads === 'unknown';
}

/** Whether a member could own a partition and owns none. */
export function isIdle(member: Reader): boolean {
  return isSharer(member) && member.partitions.length === 0;
}

/** The owner of each partition; one that nobody owns is not there, or has null. */
export type Owners = ReadonlyMap<number, string | null>;

/** A partition that has another owner than before; null is nobody. */
export interface Move {
  readonly partition: number;
  readonly from: string | null;
  readonly to: string | null;
}

/** Partitions whose owner has changed, ascending: also those that had none, or have none any more. */
export function findMoves(before: Owners, after: Owners): Move[] {
  return ascending([...new Set([...before.keys(), ...after.keys()])]).flatMap((partition) => {
    const move = { partition, from: before.get(partition) ?? null, to: after.get(partition) ?? null };
    return move.from === move.to ? [] : [move];
  });
}

/**
 * How few partitions can change their owner so that the members share them within one: every member keeps what it
 * has up to its share, and the larger shares are given to those that have most.
 */
export function countLeastMoves(before: Owners, members: readonly string[], partitions: number): number {
  if (members.length === 0) return 0;
  const owned = members.map((member) => [...before.values()].filter((owner) => owner === member).length);
  const share = Math.floor(partitions / members.length);
  const larger = partitions % members.length;
  const kept = owned
    .toSorted((a, b) => b - a)
    .reduce((sum, count, index) => sum + Math.min(count, index < larger ? share + 1 : share), 0);
  return partitions - kept;
}

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}
