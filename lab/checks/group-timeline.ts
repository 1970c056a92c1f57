import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import type { Generation, History } from './history.ts';
import { buildOutages, type Outage } from './outages.ts';

/** A time in which a partition was a member's. */
export interface Tenure {
  readonly from: Generation;
  /** The generation in which it was not the member's any more; undefined when it was to the end. */
  readonly loss: Generation | undefined;
}

/** Who owned what and who lost it, by the group's own history. Members go by their client ids. */
export interface GroupTimeline {
  /** Whether it was in any generation that is known. */
  isMember(member: string): boolean;
  isKnown(generation: number): boolean;
  /** Whether a generation ended before the first that is known. */
  isBefore(generation: number): boolean;
  /** Whether it was so in any of what was written of this generation. */
  isOwner(member: string, partition: number, generation: number): boolean;
  /** The first newer generation in which the partition was not the member's. */
  findLoss(member: string, partition: number, generation: number): Generation | undefined;
  /** In the order of time. */
  findTenures(member: string, partition: number): readonly Tenure[];
  /**
   * When a member must have been told of a loss, in milliseconds since the epoch: it has heartbeated within its session
   * since then, or has died. While it is paused, or the brokers are disturbed, it hears nothing.
   */
  findToldBy(member: string, loss: Generation): number;
}

type Owners = ReadonlyMap<number, ReadonlySet<string>>;

export function createGroupTimeline(history: Pick<History, 'generations' | 'faults'>): GroupTimeline {
  const { generations } = history;
  const owners = new Map(generations.map((written) => [written, collectOwners(written)]));
  // A coordinator may write a generation more than once: its members change while its number stays.
  const byNumber = Map.groupBy(generations, ({ generation }) => generation);
  const numbers = [...byNumber.keys()].sort((a, b) => a - b);
  const outages = buildOutages(history);
  const clientIds = new Set(generations.flatMap(({ members }) => members.map(({ member }) => member)));

  const isOwnerIn = (member: string, partition: number, written: Generation): boolean =>
    owners.get(written)?.get(partition)?.has(member) ?? false;
  const isOwner = (member: string, partition: number, generation: number): boolean =>
    (byNumber.get(generation) ?? []).some((written) => isOwnerIn(member, partition, written));

  return {
    isMember: (member) => clientIds.has(member),
    isKnown: (generation) => byNumber.has(generation),
    isBefore: (generation) => generation < (numbers[0] ?? -Infinity),
    isOwner,
    findLoss(member, partition, generation) {
      const lost = numbers.find((number) => number > generation && !isOwner(member, partition, number));
      return lost === undefined ? undefined : byNumber.get(lost)?.[0];
    },
    findTenures(member, partition) {
      const tenures: Tenure[] = [];
      let from: Generation | undefined;
      for (const written of generations) {
        const isOwned = isOwnerIn(member, partition, written);
        if (isOwned) from ??= written;
        if (isOwned || !from) continue;
        tenures.push({ from, loss: written });
        from = undefined;
      }
      return from ? [...tenures, { from, loss: undefined }] : tenures;
    },
    findToldBy(member, loss) {
      const patienceMs = findSessionTimeout(generations, member, loss) + CLOCK_DIFFERENCE_MS;
      return endAfterOutages(loss.at, patienceMs, outages.of(member));
    },
  };
}

function collectOwners({ members }: Generation): Owners {
  const owners = new Map<number, Set<string>>();
  for (const { member, partitions } of members) {
    for (const partition of partitions) {
      const ofPartition = owners.get(partition);
      if (ofPartition) ofPartition.add(member);
      else owners.set(partition, new Set([member]));
    }
  }
  return owners;
}

/** That of the last generation the member was in before it lost something; any time when it was in none. */
function findSessionTimeout(generations: readonly Generation[], member: string, loss: Generation): number {
  for (let index = generations.indexOf(loss); index >= 0; index -= 1) {
    const sessions = (generations[index]?.members ?? []).filter((each) => each.member === member);
    if (sessions.length > 0) return Math.max(...sessions.map(({ sessionTimeoutMs }) => sessionTimeoutMs));
  }
  return Infinity;
}

/** The end of the first time since `from` that is long enough without an outage. */
function endAfterOutages(from: number, patienceMs: number, outages: readonly Outage[]): number {
  let undisturbedSince = from;
  for (const outage of outages) {
    if (outage.to <= undisturbedSince) continue;
    if (outage.from > undisturbedSince + patienceMs) break;
    undisturbedSince = outage.to;
  }
  return undisturbedSince + patienceMs;
}
