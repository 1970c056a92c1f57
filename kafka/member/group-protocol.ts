import {
  readRequiredId,
  sendCommit,
  sendHeartbeat,
  sendJoin,
  sendLeave,
  sendSync,
  type GroupAssignment,
  type JoinedGroup,
  type JoinFields,
} from '../kafkajs/group-requests.ts';
import { readLogStarts, type ClusterInternals } from '../kafkajs/internals.ts';
import { GroupCoordinator } from './group-coordinator.ts';
import type { MemberGeneration } from './membership.ts';

/** How a join waits for the other members. */
export interface JoinWait {
  /** Aborted when the membership is not wanted any more. */
  readonly signal: AbortSignal;
  /** Called at every sign that the coordinator is there. */
  readonly onSign: () => void;
}

/** The group's side, as one member sees it. Everything rejects with kafkajs' errors. */
export interface GroupProtocol {
  /** The broker that coordinates the group; null when it is not known yet. */
  readonly coordinator: number | null;
  /**
   * @param memberId empty at first
   * @param onMemberId called with the id that the coordinator gives before it takes a new member (KIP-394)
   */
  join(memberId: string, fields: JoinFields, wait: JoinWait, onMemberId: (id: string) => void): Promise<JoinedGroup>;
  /** @returns what the leader assigned to this member */
  sync(of: MemberGeneration, assignment: GroupAssignment, wait: JoinWait): Promise<Buffer>;
  heartbeat(of: MemberGeneration): Promise<void>;
  leave(memberId: string): Promise<void>;
  /** Commits the offsets to go on from, by partition. */
  commit(of: MemberGeneration, offsets: ReadonlyMap<number, number>): Promise<void>;
  /** Where to go on: what was committed, or else where the log begins, by partition. */
  readPositions(partitions: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** The group as its coordinator describes it. */
  describe(): Promise<DescribedGroup | undefined>;
}

/** What DescribeGroups says of a group. */
export interface DescribedGroup {
  readonly protocolType: string;
  readonly protocol: string;
  readonly members: readonly { readonly clientId: string }[];
}

interface ProtocolOptions {
  readonly groupId: string;
  readonly topic: string;
  readonly instanceId: string | null;
}

/** The protocol spoken to a cluster. */
export function createGroupProtocol(
  cluster: ClusterInternals,
  { groupId, topic, instanceId }: ProtocolOptions,
): GroupProtocol {
  const coordinator = new GroupCoordinator(cluster, groupId);
  const as = (memberId: string) => ({ groupId, memberId, groupInstanceId: instanceId });
  return {
    get coordinator() {
      return coordinator.nodeId;
    },
    async join(memberId, fields, wait, onMemberId) {
      const joinAs = (id: string): Promise<JoinedGroup> =>
        coordinator.wait((broker, signal) => sendJoin(broker, { ...as(id), ...fields }, signal), wait);
      try {
        return await joinAs(memberId);
      } catch (error) {
        const required = readRequiredId(error);
        if (required === undefined) throw error;
        onMemberId(required);
        return joinAs(required);
      }
    },
    sync: ({ memberId, generation }, groupAssignment, wait) =>
      coordinator.wait(
        (broker, signal) => sendSync(broker, { ...as(memberId), generationId: generation, groupAssignment }, signal),
        wait,
      ),
    heartbeat: ({ memberId, generation }) =>
      coordinator.ask((broker) => sendHeartbeat(broker, { ...as(memberId), groupGenerationId: generation })),
    leave: (memberId) => coordinator.ask((broker) => sendLeave(broker, as(memberId))),
    commit: ({ memberId, generation }, offsets) =>
      coordinator.ask((broker) => sendCommit(broker, as(memberId), generation, topic, offsets)),
    async readPositions(partitions) {
      const asked = partitions.map((partition) => ({ partition }));
      const { responses } = await coordinator.ask((broker) =>
        broker.offsetFetch({ groupId, topics: [{ topic, partitions: asked }] }),
      );
      const committed = responses.flatMap((response) => response.partitions);
      // Where nothing is committed, the answer says -1.
      const found = new Map(
        committed.flatMap(({ partition, offset }) => (Number(offset) < 0 ? [] : [[partition, Number(offset)]])),
      );
      // A group without committed offsets begins at the beginning: nothing is skipped.
      const missing = partitions.filter((partition) => !found.has(partition));
      return new Map([...found, ...(await readLogStarts(cluster, topic, missing))]);
    },
    async describe() {
      const { groups } = await coordinator.ask((broker) => broker.describeGroups({ groupIds: [groupId] }));
      return groups[0];
    },
  };
}
