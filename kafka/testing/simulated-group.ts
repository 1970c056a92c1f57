/**
 * A group without brokers: its members join, are assigned and give up as the protocol says, by the bytes they would
 * send. Work on what a member must give up ends after others have begun theirs, which is the worst that can happen.
 */
import { listAssignors, type Assignor, type AssignorName } from '../assignor/assignors.ts';
import { encodeAssignment, encodeSubscription } from '../assignor/encode-subscription.ts';
import { readJoinedMember, type JoinedMember } from '../assignor/joined-member.ts';
import { decodeAssignment } from '../consumer-offsets/decode-subscription.ts';

export interface SimulatedMember {
  readonly id: string;
  readonly preferred: AssignorName;
  readonly topics: readonly string[];
  /** What it works on, as `topic/partition`. */
  works: ReadonlySet<string>;
  /** What it was assigned in the last generation of which it heard. */
  owned: ReadonlySet<string>;
  generation: number;
  isCooperative: boolean;
}

export class SimulatedGroup {
  readonly members: SimulatedMember[] = [];
  /** What a member began while another one of its group still worked on it. */
  readonly contested: string[] = [];
  generation = 0;
  readonly #topics: Map<string, number>;
  #isUnsettled = false;

  constructor(topics: Readonly<Record<string, number>>) {
    this.#topics = new Map(Object.entries(topics));
  }

  get partitions(): string[] {
    return [...this.#topics].flatMap(([topic, count]) => [...Array(count).keys()].map((each) => `${topic}/${each}`));
  }

  grow(topic: string): void {
    this.#topics.set(topic, (this.#topics.get(topic) ?? 0) + 1);
    this.#isUnsettled = true;
  }

  join(id: string, preferred: AssignorName, topics: readonly string[] = [...this.#topics.keys()]): SimulatedMember {
    const nothing = { works: new Set<string>(), owned: new Set<string>(), generation: -1, isCooperative: true };
    return this.comeBack({ id, preferred, topics, ...nothing });
  }

  /** A member, with whatever it believes to own. */
  comeBack(member: SimulatedMember): SimulatedMember {
    this.members.push(member);
    this.#isUnsettled = true;
    return member;
  }

  /** @returns the member that is no longer in the group. */
  remove(member: SimulatedMember): SimulatedMember {
    this.members.splice(this.members.indexOf(member), 1);
    this.#isUnsettled = true;
    return member;
  }

  /** What the leader is handed, and the assignor by which it is to decide. */
  gather(): { assignor: Assignor; joined: JoinedMember[] } {
    for (const member of this.members) if (!member.isCooperative) member.works = new Set();
    const assignor = this.#vote();
    const joined = this.members.map((member) => ({ memberId: member.id, memberMetadata: encode(member, assignor) }));
    return { assignor, joined: joined.map(readJoinedMember) };
  }

  /** @param missing those whose SyncGroup comes too late: they keep what they have, and join again. */
  rebalance(missing: readonly SimulatedMember[] = []): void {
    if (this.members.length === 0) return;
    const { assignor, joined } = this.gather();
    this.generation += 1;
    this.#isUnsettled = missing.length > 0;
    const assignment = assignor.assign(joined, this.listTopics());
    const told = this.members.filter((member) => !missing.includes(member));
    const assigned = new Map(
      told.map((member) => {
        const bytes = encodeAssignment(assignment.get(member.id) ?? {});
        return [member, new Set(toKeys(decodeAssignment(bytes)?.partitions ?? {}))] as const;
      }),
    );
    for (const [member, owned] of assigned) {
      const others = this.members.filter((other) => other !== member);
      const begun = [...owned].filter((key) => !member.works.has(key));
      this.contested.push(...begun.filter((key) => others.some(({ works }) => works.has(key))));
    }
    for (const [member, owned] of assigned) {
      this.#isUnsettled ||= [...member.works].some((key) => !owned.has(key));
      Object.assign(member, {
        works: owned,
        owned,
        generation: this.generation,
        isCooperative: assignor.isCooperative,
      });
    }
  }

  /** Rebalances until nobody has a reason to join again. @returns how often. */
  settle(): number {
    let rebalances = 0;
    for (; this.#isUnsettled && this.members.length > 0 && rebalances < 10; rebalances += 1) this.rebalance();
    return rebalances;
  }

  listTopics(): Map<string, number[]> {
    return new Map([...this.#topics].map(([topic, count]) => [topic, [...Array(count).keys()]]));
  }

  /** As the coordinator: of the protocols that all offer, the one that most prefer. */
  #vote(): Assignor {
    const offers = this.members.map(({ preferred }) => listAssignors(preferred));
    const common = (offers[0] ?? []).filter((assignor) => offers.every((offer) => offer.includes(assignor)));
    const votes = offers.map((offer) => offer.find((assignor) => common.includes(assignor)));
    const countVotes = (assignor: Assignor): number => votes.filter((vote) => vote === assignor).length;
    const [winner] = common.sort((a, b) => countVotes(b) - countVotes(a));
    if (!winner) throw new Error('The members have no protocol in common');
    return winner;
  }
}

function encode({ id, topics, works, owned, generation }: SimulatedMember, { isCooperative }: Assignor): Buffer {
  const identity = { pod: id, uid: id, startedAt: '2026-11-22T10:00:00.000Z', node: 'node-1' };
  const userData = { identity, owned: toRecord(owned), generation };
  return encodeSubscription({ topics, userData, owned: toRecord(works), generation, isCooperative });
}

function toKeys(byTopic: Readonly<Record<string, readonly number[]>>): string[] {
  return Object.entries(byTopic).flatMap(([topic, partitions]) => partitions.map((each) => `${topic}/${each}`));
}

function toRecord(keys: ReadonlySet<string>): Record<string, number[]> {
  const byTopic: Record<string, number[]> = {};
  for (const key of keys) {
    const [topic = '', partition] = key.split('/');
    (byTopic[topic] ??= []).push(Number(partition));
  }
  return byTopic;
}
