import type { GroupMember, GroupPartition, GroupView } from '../contracts/group.ts';
import { parseMemberUserData } from '../contracts/member.ts';
import { explainGroup } from '../groups/explain-group.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import { decodeAssignment, decodeSubscription } from './consumer-offsets/decode-subscription.ts';
import type { BrokerInternals, ClusterInternals } from './kafkajs/internals.ts';
import { createLogReader, findPartitions } from './log-reader.ts';

/** Looks at a group from outside, without being a member. */
export interface GroupInspector {
  /** @throws AppError `kafka-unavailable` */
  inspect(groupId: string, topic: string): Promise<GroupView>;
}

export function createGroupInspector(connection: ClusterConnection): GroupInspector {
  const log = createLogReader(connection);
  return {
    async inspect(groupId, topic) {
      // Committed offsets are read before the ends, so that lag is never negative.
      const group = await connection.run(`describing group ${groupId}`, (cluster) =>
        readGroup(cluster, groupId, topic),
      );
      const ranges = await log.readRanges(topic);
      const ownerOf = new Map(
        group.members.flatMap(({ clientId, partitions }) =>
          partitions.map((partition) => [partition, clientId] as const),
        ),
      );
      const partitions = ranges.map(({ partition, start, end }): GroupPartition => {
        const committedOffset = group.committed.get(partition) ?? null;
        return {
          partition,
          owner: ownerOf.get(partition) ?? null,
          committedOffset,
          logEndOffset: end,
          lag: Math.max(0, end - Math.max(start, committedOffset ?? start)),
        };
      });
      const { state, assignor, coordinator, members } = group;
      return {
        groupId,
        topic,
        state,
        assignor,
        coordinator,
        members,
        partitions,
        idle: members.filter(({ partitions: owned }) => owned.length === 0).map(({ clientId }) => clientId),
        lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
        explanation: explainGroup({ state, members, partitions }),
      };
    },
  };
}

interface RawGroup {
  readonly state: string;
  readonly assignor: string | null;
  readonly coordinator: number | null;
  readonly members: GroupMember[];
  readonly committed: ReadonlyMap<number, number>;
}

async function readGroup(cluster: ClusterInternals, groupId: string, topic: string): Promise<RawGroup> {
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const { groups } = await coordinator.describeGroups({ groupIds: [groupId] });
  const [group] = groups;
  const members = (group?.members ?? []).map((member) => readMember(member, topic));
  members.sort((a, b) => a.clientId.localeCompare(b.clientId, 'en', { numeric: true }));
  return {
    state: group?.state ?? 'Dead',
    assignor: group?.protocol ? group.protocol : null,
    coordinator: coordinator.nodeId,
    members,
    committed: await readCommitted(cluster, coordinator, groupId, topic),
  };
}

type RawMember = Awaited<ReturnType<BrokerInternals['describeGroups']>>['groups'][number]['members'][number];

function readMember(member: RawMember, topic: string): GroupMember {
  const identity = parseMemberUserData(decodeSubscription(member.memberMetadata)?.userData)?.identity;
  const owned = decodeAssignment(member.memberAssignment)?.partitions[topic] ?? [];
  return {
    memberId: member.memberId,
    clientId: member.clientId,
    host: member.clientHost.replace(/^\//, ''),
    ...(identity ? { identity } : {}),
    partitions: [...owned].sort((a, b) => a - b),
  };
}

async function readCommitted(
  cluster: ClusterInternals,
  coordinator: BrokerInternals,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  const partitions = (await findPartitions(cluster, topic)).map((partition) => ({ partition }));
  const { responses } = await coordinator.offsetFetch({ groupId, topics: [{ topic, partitions }] });
  const committed = (responses[0]?.partitions ?? []).map(
    ({ partition, offset }) => [partition, Number(offset)] as const,
  );
  // -1 says that nothing was committed yet.
  return new Map(committed.filter(([, offset]) => offset >= 0));
}
