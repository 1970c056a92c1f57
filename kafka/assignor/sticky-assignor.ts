/**
 * Shares the partitions of the subscribed topics among the members of a group so that work stays where it is.
 *
 * Three steps: every member keeps what it can prove to own; partitions without an owner go to the member that has
 * least; then partitions leave the fullest members one at a time until nobody has two more than somebody who could
 * take one. The last two are what makes it balanced, their order is what makes it cheap.
 */

/** One member of the group, as it announced itself when it joined. Member ids are unique. */
export interface StickyMember {
  readonly memberId: string;
  /** The topics it subscribed to. */
  readonly topics: readonly string[];
  /**
   * What it owned in `generation`: topic → partitions. Anything malformed in it is no claim.
   * @default nothing
   */
  readonly owned?: Readonly<Record<string, readonly number[]>>;
  /**
   * The group's generation in which it owned that; of two claims to one partition the later generation wins.
   * @default -1, before the first
   */
  readonly generation?: number;
  /**
   * The pod it runs in. It decides nothing (a ghost and its successor share one): it is for those who show the result.
   * @default unknown
   */
  readonly pod?: string;
}

/** Member id → topic → partitions in ascending order. Every member is present, an idle one with no topics. */
export type StickyAssignment = ReadonlyMap<string, Readonly<Record<string, number[]>>>;

/**
 * Assigns every partition of every subscribed topic to exactly one member that subscribed to the topic.
 *
 * When all members subscribe to the same topics, the members' totals differ by at most one, and no assignment that
 * balanced takes fewer partitions from their owners; members that own more get the larger shares. When subscriptions
 * differ, no partition is left that could go to a member with two fewer (a greedy pass, neither the best balance nor
 * the fewest moves are promised). Of conflicting claims the higher generation wins, then the smaller member id.
 * The result depends on the members and partitions, not on their order.
 *
 * @param partitionsByTopic the partitions that exist; topics and partitions not in it are assigned to nobody.
 */
export function assignSticky(
  members: readonly StickyMember[],
  partitionsByTopic: ReadonlyMap<string, readonly number[]>,
): StickyAssignment {
  const holders = members.map(createHolder).sort(byMemberId);
  const free = new Map([...partitionsByTopic].map(([topic, partitions]) => [topic, new Set(partitions)]));
  const audiences = buildAudiences(holders, [...free.keys()].sort());

  keepClaims(holders, free);
  for (const audience of audiences) assignFree(audience, free);
  for (let move = findMove(audiences); move !== undefined; move = findMove(audiences)) applyMove(move);

  return new Map(holders.map((holder) => [holder.member.memberId, listPartitions(holder)]));
}

/** A member and what it holds so far. */
interface Holder {
  readonly member: StickyMember;
  readonly partitions: Map<string, Set<number>>;
  total: number;
}

/** Topics that have the same subscribers: within it, any holder can take any partition. */
interface Audience {
  readonly topics: string[];
  readonly holders: readonly Holder[];
}

interface Move {
  readonly from: Holder;
  readonly to: Holder;
  readonly topics: readonly string[];
}

function createHolder(member: StickyMember): Holder {
  return { member, partitions: new Map(member.topics.map((topic) => [topic, new Set()])), total: 0 };
}

/** The smallest audiences come first: their partitions have the fewest places to go. */
function buildAudiences(holders: readonly Holder[], topics: readonly string[]): Audience[] {
  const audiences = new Map<string, Audience>();
  for (const topic of topics) {
    const subscribers = holders.filter(({ partitions }) => partitions.has(topic));
    const key = JSON.stringify(subscribers.map(({ member }) => member.memberId));
    const audience = audiences.get(key);
    if (audience) audience.topics.push(topic);
    else if (subscribers.length > 0) audiences.set(key, { topics: [topic], holders: subscribers });
  }
  return [...audiences.values()].sort((a, b) => a.holders.length - b.holders.length);
}

/** Latest generations claim first, so a claim that comes too late is an old or a conflicting one. */
function keepClaims(holders: readonly Holder[], free: ReadonlyMap<string, Set<number>>): void {
  const claimants = [...holders].sort((a, b) => readGeneration(b.member) - readGeneration(a.member));
  for (const holder of claimants) {
    for (const [topic, claimed] of Object.entries(holder.member.owned ?? {})) {
      if (!holder.partitions.has(topic) || !Array.isArray(claimed)) continue;
      for (const partition of claimed as readonly number[]) {
        if (free.get(topic)?.delete(partition)) give(holder, topic, partition);
      }
    }
  }
}

function readGeneration({ generation }: StickyMember): number {
  return Number.isInteger(generation) ? Number(generation) : -1;
}

function assignFree({ topics, holders }: Audience, free: ReadonlyMap<string, Set<number>>): void {
  for (const topic of topics) {
    for (const partition of sortNumbers(free.get(topic) ?? [])) {
      const receiver = findReceiver(holders, topic);
      if (receiver) give(receiver, topic, partition);
    }
  }
}

/** The one with the fewest partitions; of these, the one with the fewest of the topic. */
function findReceiver(holders: readonly Holder[], topic: string): Holder | undefined {
  let best: Holder | undefined;
  for (const holder of holders) {
    if (best === undefined || holder.total < best.total) best = holder;
    else if (holder.total === best.total && countOf(holder, topic) < countOf(best, topic)) best = holder;
  }
  return best;
}

/** The move that evens out most, or none when no move makes the group more even. */
function findMove(audiences: readonly Audience[]): Move | undefined {
  let best: Move | undefined;
  let widest = 1;
  for (const { topics, holders } of audiences) {
    const from = findFullest(holders, topics);
    const to = holders.reduce((least, holder) => (holder.total < least.total ? holder : least));
    if (from && from.total - to.total > widest) {
      widest = from.total - to.total;
      best = { from, to, topics };
    }
  }
  return best;
}

function findFullest(holders: readonly Holder[], topics: readonly string[]): Holder | undefined {
  let fullest: Holder | undefined;
  for (const holder of holders) {
    const isFuller = fullest === undefined || holder.total > fullest.total;
    if (isFuller && topics.some((topic) => countOf(holder, topic) > 0)) fullest = holder;
  }
  return fullest;
}

/** Takes the last partition of the topic in which the two differ most, so that topics stay spread as well. */
function applyMove({ from, to, topics }: Move): void {
  const excess = (topic: string): number => countOf(from, topic) - countOf(to, topic);
  const topic = topics
    .filter((candidate) => countOf(from, candidate) > 0)
    .reduce((most, candidate) => (excess(candidate) > excess(most) ? candidate : most));
  const partition = Math.max(...(from.partitions.get(topic) ?? []));
  from.partitions.get(topic)?.delete(partition);
  from.total -= 1;
  give(to, topic, partition);
}

function give(holder: Holder, topic: string, partition: number): void {
  holder.partitions.get(topic)?.add(partition);
  holder.total += 1;
}

function countOf(holder: Holder, topic: string): number {
  return holder.partitions.get(topic)?.size ?? 0;
}

function listPartitions({ partitions }: Holder): Record<string, number[]> {
  const held = [...partitions].filter(([, numbers]) => numbers.size > 0).sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(held.map(([topic, numbers]) => [topic, sortNumbers(numbers)]));
}

function sortNumbers(numbers: Iterable<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}

function byMemberId(a: Holder, b: Holder): number {
  return compareText(a.member.memberId, b.member.memberId);
}

/** By code units: the order must not depend on the machine's locale, every leader has to agree on it. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
