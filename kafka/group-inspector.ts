import type { GroupMember, GroupPartition, GroupDescription } from '../lib/contracts/group.ts';
import { parseMemberUserData } from '../lib/contracts/member.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import { decodeAssignment, decodeSubscription } from './consumer-offsets/decode-subscription.ts';
import { readForeignName } from './foreign-name.ts';
import type { BrokerInternals, ClusterInternals } from './kafkajs/internals.ts';
import { createLogReader, findPartitions } from './log-reader.ts';

/** Looks at a group from outside, without being a member. */
export interface GroupInspector {
  /** @throws AppError `kafka-unavailable` */
  inspect(groupId: string, topic: string): Promise<GroupDescription>;
}

/** Looks through a connection that its caller owns and ends. Nothing is kept between two looks. */
export function createGroupInspector(connection: ClusterConnection): GroupInspector {
  const log = createLogReader(connection);
  return {
    async inspect(groupId, topic) {
      // Committed offsets are read before the ends, so that lag is never negative.
      const group = await connection.run(`describing group ${groupId}`, (cluster) =>
        readGroup(cluster, groupId, topic),
      );
      const ranges = await log.readRanges(topic);
      const existing = new Set(ranges.map(({ partition }) => partition));
      const members = group.members.map((member) => leaveOutAbsent(member, existing));
      const ownerOf = new Map(
        members.flatMap(({ clientId, partitions }) => partitions.map((partition) => [partition, clientId] as const)),
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
      const { state, assignor, coordinator } = group;
      return {
        groupId,
        topic,
        state,
        assignor,
        coordinator,
        members,
        partitions,
        lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
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
  const state = group?.state ?? 'Dead';
  const members = (group?.members ?? []).map((member) => readMember(member, topic, state));
  members.sort((a, b) => a.clientId.localeCompare(b.clientId, 'en', { numeric: true }));
  return {
    state,
    assignor: group?.protocol ? readForeignName(group.protocol) : null,
    coordinator: coordinator.nodeId,
    members,
    committed: await readCommitted(cluster, coordinator, groupId, topic),
  };
}

type RawMember = Awaited<ReturnType<BrokerInternals['describeGroups']>>['groups'][number]['members'][number];

/** What members say is not to be trusted: names are cut and escaped here, before anything is made of them. */
function readMember(member: RawMember, topic: string, state: string): GroupMember {
  const clientId = readForeignName(member.clientId);
  const subscription = decodeSubscription(member.memberMetadata);
  const identity = parseMemberUserData(subscription?.userData)?.identity;
  const partitions = decodeAssignment(member.memberAssignment)?.partitions[topic] ?? [];
  return {
    memberId: readForeignName(member.memberId),
    clientId,
    host: readForeignName(member.clientHost.replace(/^\//, '')),
    // Who says that it is another than it is, is not believed.
    ...(identity?.pod === clientId ? { identity } : {}),
    reads: decideReads({ topics: subscription?.topics, isOwner: partitions.length > 0, topic, state }),
    partitions: [...new Set(partitions)].sort((a, b) => a - b),
    absentPartitions: 0,
  };
}

function decideReads(facts: {
  /** Nothing when the subscription cannot be read. */
  readonly topics: readonly string[] | undefined;
  readonly isOwner: boolean;
  readonly topic: string;
  readonly state: string;
}): GroupMember['reads'] {
  const { topics, isOwner, topic, state } = facts;
  if (isOwner || topics?.includes(topic) === true) return 'topic';
  // The coordinator tells what members subscribed to, and what they own, of a stable group only.
  if (state !== 'Stable') return 'unknown';
  return topics === undefined ? 'unreadable' : 'other-topics';
}

function leaveOutAbsent(member: GroupMember, existing: ReadonlySet<number>): GroupMember {
  const partitions = member.partitions.filter((partition) => existing.has(partition));
  return { ...member, partitions, absentPartitions: member.partitions.length - partitions.length };
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
