/**
 * The assignors our consumers offer to the group, for kafkajs. The group uses the first that all members offer:
 * during a rolling upgrade from plain kafkajs that is its round-robin, afterwards the sticky one. Whichever it is,
 * each member's user data tells who it is, so that anyone who describes the group can name the pods.
 */
import { AssignerProtocol, PartitionAssigners } from 'kafkajs';
import type { Assigner, Cluster, GroupMember, PartitionAssigner } from 'kafkajs';

import { parseMemberUserData } from '../../lib/contracts/member.ts';
import type { MemberIdentity, MemberUserData } from '../../lib/contracts/member.ts';
import { assignSticky } from './sticky-assignor.ts';
import type { StickyAssignment, StickyMember } from './sticky-assignor.ts';

/** The sticky assignor's name in the group protocol. */
export const STICKY_PROTOCOL = 'kafka-lab-sticky';

/** What the sticky assignor decided, and from what. */
export interface StickyDecision {
  readonly groupId: string;
  readonly members: readonly StickyMember[];
  readonly assignment: StickyAssignment;
}

/** What the assignors of one member must know of it, and who listens to their decisions. */
export interface AssignorOptions {
  /** Who this member is. */
  readonly identity: MemberIdentity;
  /**
   * What this member owns and since which generation, asked at every (re)join. The two must be of one join: kafkajs
   * tells what is owned at GROUP_JOIN, the generation only at a HEARTBEAT after it, which a quick rebalance skips.
   * A generation told too low loses a conflict it should win; without conflicts it changes nothing.
   */
  readonly getOwned: () => Pick<MemberUserData, 'owned' | 'generation'>;
  /**
   * Which assignor is offered first, and so wins where all members offer both.
   * @default 'sticky'
   */
  readonly order?: 'sticky' | 'round-robin';
  /**
   * Called on the group's leader with each decision of the sticky assignor, before the members get it.
   * @default nobody is told
   */
  readonly onAssigned?: (decision: StickyDecision) => void;
}

/**
 * Creates the value of a kafkajs consumer's `partitionAssigners`, in the order in which they are offered.
 *
 * Semantics of the interface: https://kafka.js.org/docs/consuming#custom-partition-assigner. Members without our
 * user data (other clients, damaged bytes) take part without claims; one whose subscription cannot be read gets
 * nothing. Assigning rejects with kafkajs' own errors when the metadata of a topic cannot be had.
 */
export function createAssignors(options: AssignorOptions): PartitionAssigner[] {
  const sticky: PartitionAssigner = ({ cluster, groupId }) => ({
    name: STICKY_PROTOCOL,
    version: 1,
    protocol: ({ topics }) => ({ name: STICKY_PROTOCOL, metadata: encodeSubscription(topics, options) }),
    assign: async ({ members: joined }) => {
      const members = joined.map(readMember);
      const assignment = assignSticky(members, await loadPartitions(cluster, members));
      options.onAssigned?.({ groupId, members, assignment });
      return [...assignment].map(([memberId, partitions]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: WIRE_VERSION,
          assignment: partitions,
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
  const roundRobin: PartitionAssigner = (config) => announceMember(PartitionAssigners.roundRobin(config), options);
  return options.order === 'round-robin' ? [roundRobin, sticky] : [sticky, roundRobin];
}

/**
 * Version of the consumer protocol's bytes, not of an assignor. kafkajs writes the fields of version 0 whatever the
 * number, and bytes that say 1 without version 1's owned partitions are damaged for Kafka's broker and tools.
 */
const WIRE_VERSION = 0;

function encodeSubscription(topics: string[], { identity, getOwned }: AssignorOptions): Buffer {
  const { owned, generation } = getOwned();
  const userData: MemberUserData = { identity, owned, generation };
  return AssignerProtocol.MemberMetadata.encode({
    version: WIRE_VERSION,
    topics,
    userData: Buffer.from(JSON.stringify(userData)),
  });
}

/** kafkajs' assigner as it is, but for the user data it sends. */
function announceMember(assigner: Assigner, options: AssignorOptions): Assigner {
  return {
    name: assigner.name,
    version: assigner.version,
    protocol: ({ topics }) => ({ name: assigner.name, metadata: encodeSubscription(topics, options) }),
    assign: (group) => assigner.assign(group),
  };
}

function readMember({ memberId, memberMetadata }: GroupMember): StickyMember {
  const subscription = decodeMetadata(memberMetadata);
  const userData = parseMemberUserData(subscription?.userData);
  const topics = subscription?.topics ?? [];
  if (!userData) return { memberId, topics };
  return { memberId, topics, owned: userData.owned, generation: userData.generation, pod: userData.identity.pod };
}

/** kafkajs throws at the end of damaged bytes, or reads null and empty names from them. */
function decodeMetadata(metadata: Buffer): { topics: string[]; userData: Buffer | null } | undefined {
  try {
    const decoded = AssignerProtocol.MemberMetadata.decode(metadata);
    return decoded ? { topics: decoded.topics.filter(Boolean), userData: decoded.userData } : undefined;
  } catch {
    return undefined;
  }
}

/** The leader's metadata covers its own topics only; those of the other members are added to it. */
async function loadPartitions(cluster: Cluster, members: readonly StickyMember[]): Promise<Map<string, number[]>> {
  const partitions = new Map<string, number[]>();
  for (const topic of new Set(members.flatMap(({ topics }) => topics))) {
    if (listPartitions(cluster, topic).length === 0) await loadTopic(cluster, topic);
    partitions.set(topic, listPartitions(cluster, topic));
  }
  return partitions;
}

function listPartitions(cluster: Cluster, topic: string): number[] {
  return cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
}

/** What another member subscribed to in vain must not keep the leader, and so the whole group, from joining. */
async function loadTopic(cluster: Cluster, topic: string): Promise<void> {
  try {
    await cluster.addTargetTopic(topic);
  } catch (error) {
    // Not by class: kafkajs 2.2.4 declares KafkaJSProtocolError as an export, but no ESM import finds it.
    const isOutOfReach = error instanceof Error && 'type' in error && OUT_OF_REACH.has(error.type);
    if (!isOutOfReach) throw error;
  }
}

/** After these kafkajs takes the topic out of its metadata again (cluster/index.js, addMultipleTargetTopics). */
const OUT_OF_REACH: ReadonlySet<unknown> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
]);
