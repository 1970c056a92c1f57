/**
 * Who had which partition from when to when, by the group's own history. A tenure is of one membership, whose id the
 * coordinator gave: a process that was started again, or was thrown out, is in the group under another. Nobody's
 * partition, as cooperative members are asked to give it up, is lost to nobody: a loss needs another owner.
 */
import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import type { Generation, GenerationMember, History } from './history.ts';
import { buildOutages, type Outage } from './outages.ts';

/** A time in which a partition was a membership's. */
export interface Tenure {
  readonly partition: number;
  /** The client id. */
  readonly member: string;
  /** The coordinator's id for the membership. */
  readonly memberId: string;
  readonly from: Generation;
  /** The generation in which another membership had it; undefined when there was none. */
  readonly loss: Generation | undefined;
  /**
   * By when the membership had ended, or was told of the loss, in milliseconds since the epoch; a clock's difference is in
   * it. Infinity when nothing says so.
   */
  readonly overBy: number;
}

/** @returns the tenures of each partition, in the order in which they began. */
export function buildTenures(history: Pick<History, 'generations' | 'faults'>): ReadonlyMap<number, readonly Tenure[]> {
  const { generations, faults } = history;
  const outages = buildOutages(history);
  const firstSeen = new Map<string, number>();
  for (const [place, { members }] of generations.entries()) {
    for (const { memberId } of members) if (!firstSeen.has(memberId)) firstSeen.set(memberId, place);
  }

  /** While a member is paused, or the brokers are disturbed, it hears nothing; otherwise it has within its session. */
  const findEndOfSession = ({ member }: Held, loss: Generation): number =>
    findToldBySession(generations, member, loss, outages.of(member));

  /** Who joins knows what it has lost: of what was lost in the generation itself, it has given it up before. */
  const findRejoining = (held: Held, from: number, loss: number | undefined): Generation | undefined =>
    generations.slice(from + 1).find(({ members }, later) => {
      const place = from + 1 + later;
      const isSame = members.some((each) => each.memberId === held.memberId && isJoined(each));
      if (isSame) return loss !== undefined && place >= loss;
      const isThere = members.some(({ memberId }) => memberId === held.memberId);
      return !isThere && members.some((each) => isSuccessor(each, held, place, from));
    });
  const isSuccessor = ({ member, memberId }: GenerationMember, held: Held, place: number, from: number): boolean =>
    member === held.member && (firstSeen.get(memberId) ?? place) > from;

  const findEndOfProcess = ({ member }: Held, from: Generation): number =>
    faults.find(
      ({ target, kind, at }) =>
        target === member && (kind === 'kill' || kind === 'start') && at > from.at + CLOCK_DIFFERENCE_MS,
    )?.at ?? Infinity;

  const close = (held: Held, partition: number, loss: number | undefined): Tenure => {
    const { member, memberId, place } = held;
    const from = generations[place];
    if (from === undefined) throw new RangeError(`there is no generation at ${String(place)}`);
    const lost = loss === undefined ? undefined : generations[loss];
    const ends = [findRejoining(held, place, loss)?.at ?? Infinity, findEndOfProcess(held, from)];
    const overBy = Math.min(
      lost ? findEndOfSession(held, lost) : Infinity,
      ...ends.map((end) => end + CLOCK_DIFFERENCE_MS),
    );
    return { partition, member, memberId, from, loss: lost, overBy };
  };
  return collectTenures(generations, close);
}

/** A membership that has a partition, and the place of the generation that gave it. */
interface Held {
  readonly member: string;
  readonly memberId: string;
  readonly place: number;
}

type Close = (held: Held, partition: number, loss: number | undefined) => Tenure;

function collectTenures(generations: readonly Generation[], close: Close): ReadonlyMap<number, readonly Tenure[]> {
  const tenures = new Map<number, Tenure[]>();
  const holding = new Map<number, Held[]>();
  const end = (partition: number, held: Held, loss?: number): void => {
    tenures.set(partition, [...(tenures.get(partition) ?? []), close(held, partition, loss)]);
  };
  for (const [place, { members }] of generations.entries()) {
    for (const [partition, owners] of listOwners(members)) {
      const before = holding.get(partition) ?? [];
      const kept = before.filter(({ memberId }) => owners.some((owner) => owner.memberId === memberId));
      for (const held of before) if (!kept.includes(held)) end(partition, held, place);
      const added = owners.filter((owner) => kept.every(({ memberId }) => owner.memberId !== memberId));
      holding.set(partition, [...kept, ...added.map(({ member, memberId }) => ({ member, memberId, place }))]);
    }
  }
  for (const [partition, held] of holding) for (const each of held) end(partition, each);
  for (const each of tenures.values()) each.sort((a, b) => generations.indexOf(a.from) - generations.indexOf(b.from));
  return tenures;
}

function listOwners(members: readonly GenerationMember[]): ReadonlyMap<number, readonly GenerationMember[]> {
  const pairs = members.flatMap((member) => member.partitions.map((partition) => ({ partition, member })));
  const owners = Map.groupBy(pairs, ({ partition }) => partition);
  return new Map([...owners].map(([partition, each]) => [partition, each.map(({ member }) => member)]));
}

/**
 * Whether a partition was handed over in order: the former owner is in the generation in which another got it. So it
 * has joined that one under the same id, and before that had the time to finish, account and commit. A static member may be
 * in it without having joined.
 */
export function isInOrder(former: Tenure, next: Tenure): boolean {
  if (former.loss !== next.from || former.member === next.member) return false;
  return next.from.members.some((each) => each.memberId === former.memberId && isJoined(each));
}

/** A coordinator takes members into a generation that have joined it, and static ones that have not. */
function isJoined({ groupInstanceId }: GenerationMember): boolean {
  return groupInstanceId === undefined;
}

/** When a member must have been told of a loss: it has heartbeated within its session since then, or has died. */
export function findToldBySession(
  generations: readonly Generation[],
  member: string,
  loss: Generation,
  outages: readonly Outage[],
): number {
  const patienceMs = findSessionTimeout(generations, member, loss) + CLOCK_DIFFERENCE_MS;
  return endAfterOutages(loss.at, patienceMs, outages);
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
