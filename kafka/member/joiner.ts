import type { MemberIdentity } from '../../lib/contracts/member.ts';
import { encodeAssignment, encodeSubscription } from '../assignor/encode-subscription.ts';
import type { Assignor } from '../assignor/assignors.ts';
import { readJoinedMember } from '../assignor/joined-member.ts';
import { decodeAssignment } from '../consumer-offsets/decode-subscription.ts';
import type { GroupAssignment, JoinedGroup } from '../kafkajs/group-requests.ts';
import type { GroupProtocol, JoinWait } from './group-protocol.ts';
import type { AssignedPartitions, Membership } from './membership.ts';

type PartitionsByTopic = ReadonlyMap<string, readonly number[]>;

interface JoinerOptions {
  readonly topic: string;
  readonly identity: MemberIdentity;
  /** In the order in which they are offered. */
  readonly assignors: readonly Assignor[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly membership: Membership;
  readonly protocol: GroupProtocol;
  /** The partitions that these topics have now; kafkajs' errors. */
  readonly readPartitions: (topics: ReadonlySet<string>) => Promise<PartitionsByTopic>;
}

/** Takes the member into the next generation, once: JoinGroup, the assignor where it leads, SyncGroup. */
export class Joiner {
  readonly #options: JoinerOptions;
  /** Partitions of the topic that it decided on; undefined where another member led the last generation. */
  #decidedOn: number | undefined;

  constructor(options: JoinerOptions) {
    this.#options = options;
  }

  /** Of the last generation, by the name in the group protocol; undefined before any. */
  get assignor(): Assignor | undefined {
    const { assignors, membership } = this.#options;
    return assignors.find(({ protocol }) => protocol === membership.protocol);
  }

  /** Whether this member led the last generation, and the topic has other partitions than it was decided from. */
  isOutdated(partitionCount: number): boolean {
    return this.#decidedOn !== undefined && this.#decidedOn !== partitionCount;
  }

  /** @throws kafkajs' errors, or the signal's reason */
  async join(wait: JoinWait): Promise<AssignedPartitions> {
    const { topic, membership, protocol, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    // Who led before leads again, as a rule: what it has to know then, it asks while the others join.
    const known = this.#decidedOn === undefined ? undefined : this.#readAhead();
    this.#decidedOn = undefined;
    const joined = await protocol.join(
      membership.memberId,
      {
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: rebalanceTimeoutMs,
        groupProtocols: this.#describeSelf(),
      },
      wait,
      (memberId) => membership.name(memberId),
    );
    const { memberId, generationId: generation, groupProtocol } = joined;
    membership.join({ memberId, generation });
    // Others' metadata is told to the leader only; one that came back under its id leads without being told.
    const isLeader = joined.leaderId === memberId && joined.members.length > 0;
    const decision = isLeader ? await this.#decide(joined, await known) : undefined;
    const answer = await protocol.sync({ memberId, generation }, decision?.assignment ?? [], wait);
    this.#decidedOn = decision?.partitionCount;
    const partitions = decodeAssignment(answer)?.partitions[topic] ?? [];
    return { memberId, generation, protocol: groupProtocol, partitions };
  }

  #describeSelf(): { name: string; metadata: Buffer }[] {
    const { topic, identity, assignors, membership } = this.#options;
    const now = { owned: membership.partitions, generation: membership.generation };
    const last = { owned: membership.assigned?.partitions ?? [], generation: membership.assignedGeneration };
    const byTopic = (partitions: readonly number[]) => (partitions.length === 0 ? {} : { [topic]: [...partitions] });
    return assignors.map(({ protocol, isCooperative }) => {
      // An eager member owns nothing when it joins, and claims what it owned last.
      const { owned, generation } = isCooperative ? now : last;
      const metadata = encodeSubscription({
        topics: [topic],
        userData: { identity, owned: byTopic(owned), generation },
        owned: byTopic(now.owned),
        generation: now.owned.length === 0 ? -1 : now.generation,
        isCooperative,
      });
      return { name: protocol, metadata };
    });
  }

  #readAhead(): Promise<PartitionsByTopic | undefined> {
    return this.#options.readPartitions(new Set([this.#options.topic])).catch(() => undefined);
  }

  async #decide({ groupProtocol, members: joined }: JoinedGroup, known?: PartitionsByTopic) {
    const { topic, assignors, readPartitions } = this.#options;
    const assignor = assignors.find(({ protocol }) => protocol === groupProtocol);
    if (assignor === undefined) throw new Error(`the group uses ${groupProtocol}, which this member does not offer`);
    const members = joined.map(readJoinedMember);
    const topics = new Set(members.flatMap((member) => member.topics));
    const isKnown = known !== undefined && [...topics].every((one) => known.has(one));
    const partitions = isKnown ? known : await readPartitions(topics);
    const assignment: GroupAssignment = [...assignor.assign(members, partitions)].map(([memberId, assigned]) => ({
      memberId,
      memberAssignment: encodeAssignment(assigned),
    }));
    return { assignment, partitionCount: partitions.get(topic)?.length ?? 0 };
  }
}
