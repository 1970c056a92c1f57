import { z } from 'zod';
import { memberIdentitySchema } from './member.ts';

/**
 * What a member reads, by its subscription: the topic, other topics only, or `unreadable` when what it sent is no
 * subscription. `unknown` while the group rebalances, when the coordinator tells nobody.
 */
export const memberReadsSchema = z.enum(['topic', 'other-topics', 'unreadable', 'unknown']).meta({ id: 'MemberReads' });

/** One member of a group, as the group's coordinator knows it. */
const groupMemberSchema = z
  .object({
    memberId: z.string(),
    clientId: z.string(),
    host: z.string(),
    identity: memberIdentitySchema
      .optional()
      .describe('What the member tells of itself; foreign clients tell nothing.'),
    reads: memberReadsSchema.describe(
      'What it reads. Who does not read the topic has no share in it, and is not idle.',
    ),
    partitions: z.array(z.int()).describe('Partitions of the topic that the member owns.'),
    absentPartitions: z.int().describe('Partitions it was assigned that the topic does not have, or not any more.'),
  })
  .meta({ id: 'GroupMember' });

const groupPartitionSchema = z
  .object({
    partition: z.int(),
    owner: z.string().nullable().describe('Client id of the owner, which is its pod.'),
    committedOffset: z.int().nullable().describe('The next offset the group would read; null before the first commit.'),
    logEndOffset: z.int(),
    lag: z.int().describe('Records that the group has not committed yet.'),
  })
  .meta({ id: 'GroupPartition' });

/** The group as a whole. */
export const groupViewSchema = z
  .object({
    groupId: z.string(),
    topic: z.string(),
    state: z.string().describe('As Kafka names it: Stable, PreparingRebalance, CompletingRebalance, Empty, Dead.'),
    assignor: z.string().nullable().describe('The assignor that the members agreed on.'),
    coordinator: z.int().nullable().describe('Id of the broker that coordinates the group.'),
    members: z.array(groupMemberSchema),
    partitions: z.array(groupPartitionSchema).describe('None when there is no such topic.'),
    idle: z.array(z.string()).describe('Client ids of the members that read the topic and own no partition of it.'),
    lag: z.int().describe('Sum of the lags.'),
    explanation: z.string().describe('The state in words.'),
  })
  .meta({ id: 'Group' });

export type GroupMember = z.infer<typeof groupMemberSchema>;
export type GroupPartition = z.infer<typeof groupPartitionSchema>;
export type GroupView = z.infer<typeof groupViewSchema>;

/** A group as its coordinator and the topic’s partitions tell it; what that means is said by `groups/`. */
export type GroupDescription = Omit<GroupView, 'idle' | 'explanation'>;
