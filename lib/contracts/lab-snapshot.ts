import { z } from 'zod';
import { memberReadsSchema } from './group.ts';
import { LARGEST_SCALE } from './largest-scale.ts';
import { PLATFORM_NAMES } from './platform-name.ts';
import { FAULT_KINDS, PHASES, SCALABLE_WORKLOADS, WORKLOADS } from './replica.ts';

/*
 * The lab as the live page shows it: one document, sent whole with every change, so that a page that missed some is
 * right again with the next. Times are milliseconds since the epoch by the server's clock, rates are records a second.
 */

const phaseSchema = z.enum(PHASES);
const workloadSchema = z.enum(WORKLOADS);
const faultKindSchema = z.enum(FAULT_KINDS);
const time = z.int();
const rate = z.number().min(0);

/** One replica of the Deployment whose pods are the group's members. */
const podSchema = z
  .object({
    name: z.string(),
    node: z.string(),
    zone: z.string().nullable(),
    phase: phaseSchema,
    reason: z.string().nullable().describe('One word of the platform for the phase, such as OOMKilled.'),
    startedAt: time.nullable(),
    restarts: z.int(),
    memberId: z.string().nullable().describe('Its membership; null while it has none.'),
    isStatic: z.boolean().describe('Whether its membership lasts while it is away, under an id of its own.'),
    partitions: z.array(z.int()),
    lag: z.int().describe('Records of its partitions that are not committed yet.'),
    consumedPerSecond: rate,
    idleReason: z
      .string()
      .nullable()
      .describe('Why a member owns no partition; null when it owns one or is no member.'),
    isNextToGo: z.boolean().describe('Whether the next scale-down by one takes this pod, as far as can be told.'),
  })
  .meta({ id: 'Pod' });

/** One membership of the group, as its coordinator knows it. */
const memberSchema = z
  .object({
    memberId: z.string(),
    clientId: z.string(),
    host: z.string(),
    groupInstanceId: z.string().nullable().describe('Of a static member, which keeps its place while it is away.'),
    pod: z.string().nullable().describe('The pod that it is; null when none of the Deployment is.'),
    reads: memberReadsSchema,
    partitions: z.array(z.int()),
    ghost: z
      .object({
        reason: z.string().describe('What became of its process.'),
        expiresAt: time.nullable().describe('When the group gives it up; null when that is not known.'),
      })
      .nullable()
      .describe('Set when its process is gone and the group does not know yet.'),
  })
  .meta({ id: 'Member' });

const partitionSchema = z
  .object({
    partition: z.int(),
    owner: z
      .string()
      .nullable()
      .describe('Client id of the owner, which is its pod; while the group rebalances, of the last one.'),
    ownerMemberId: z.string().nullable(),
    logEndOffset: z.int(),
    committedOffset: z.int().nullable(),
    lag: z.int(),
    trend: z.enum(['growing', 'shrinking', 'steady']).describe('Of the lag, over the last seconds.'),
    producedPerSecond: rate,
    consumedPerSecond: rate,
    movedAt: time.nullable().describe('When it last got another owner; null when that was not seen.'),
  })
  .meta({ id: 'Partition' });

/** Why a rebalance happened, from what the platform saw; `unknown` when it saw nothing that fits. */
export const causeKindSchema = z.enum([
  'scaled',
  'rolled',
  'killed',
  'restarted',
  'pod-gone',
  'session-expired',
  'joined-again',
  'partitions-raised',
  'group-started',
  'unknown',
]);

const rebalanceSchema = z
  .object({
    generation: z.int(),
    at: time.describe('When the coordinator wrote the new assignment down.'),
    cause: z.object({ kind: causeKindSchema, sentence: z.string() }),
    completes: z
      .int()
      .nullable()
      .describe(
        'Generation of the rebalance that this one completes: others get in it what cooperative members gave up first, for the same cause. Null when it stands for itself.',
      ),
    membersBefore: z.int(),
    membersAfter: z.int(),
    moves: z
      .array(
        z.object({
          partition: z.int(),
          from: z.string().nullable().describe('Client id; null when nobody owned it.'),
          to: z.string().nullable(),
        }),
      )
      .describe('Partitions whose owner is another than before.'),
    pauses: z
      .array(z.object({ partition: z.int(), pauseMs: z.int() }))
      .describe(
        'Silence of each partition: from the last record processed before to the first processed after, by the receipts. Partitions without traffic have none.',
      ),
    longestPauseMs: z.int().nullable(),
  })
  .meta({ id: 'Rebalance' });

const returnSchema = z
  .object({
    generation: z.int(),
    at: time.describe('When the coordinator wrote its new membership down.'),
    clientId: z.string(),
    groupInstanceId: z.string(),
  })
  .meta({ id: 'Return' });

const explanationSchema = z
  .object({
    rule: z.string().describe('Name of the rule that found it.'),
    tone: z.enum(['good', 'note', 'warning']),
    sentence: z.string(),
  })
  .meta({ id: 'Explanation' });

/** One group at one moment, with what is worth saying about it: the page, kubectl and the metrics all tell from this. */
export const groupSnapshotSchema = z
  .object({
    groupId: z.string(),
    topic: z.string(),
    deployment: z.string(),
    state: z.string().describe('As Kafka names it; Unknown before it was first asked.'),
    assignor: z.string().nullable(),
    coordinator: z.int().nullable().describe('Id of the broker that coordinates the group.'),
    generation: z.int().nullable(),
    wantedReplicas: z.int().nullable().describe('Replicas that the Deployment wants; null when that is not known.'),
    isBalanced: z
      .boolean()
      .describe('Stable, every replica wanted is a ready member, nobody else is, and shares differ by one at most.'),
    imbalance: z.int().describe('Most partitions of a member minus least, of those that read the topic.'),
    lag: z.int(),
    producedPerSecond: rate,
    consumedPerSecond: rate,
    pods: z.array(podSchema),
    members: z.array(memberSchema),
    membersLeftOut: z.int().describe('Members that are not listed, because there are too many of them.'),
    partitions: z.array(partitionSchema).describe('None when there is no such topic.'),
    rebalances: z.array(rebalanceSchema).describe('The last ones, newest first.'),
    returns: z
      .array(returnSchema)
      .describe('Static members that came back under their id, without a rebalance: the last ones, newest first.'),
    explanations: z.array(explanationSchema).describe('Most important first.'),
  })
  .meta({ id: 'GroupSnapshot' });

const brokerSchema = z
  .object({
    name: z.string(),
    brokerId: z.int(),
    node: z.string(),
    zone: z.string().nullable(),
    phase: phaseSchema,
    isController: z.boolean(),
    leaders: z.int().describe('Partitions it leads.'),
    replicas: z.int().describe('Copies it holds.'),
    inSync: z.int().describe('Copies it holds that are in sync.'),
  })
  .meta({ id: 'Broker' });

const zooKeeperServerSchema = z
  .object({
    name: z.string(),
    node: z.string(),
    zone: z.string().nullable(),
    phase: phaseSchema,
    role: z.enum(['leader', 'follower', 'observer', 'standalone', 'none']).describe('none: it serves nobody now.'),
  })
  .meta({ id: 'ZooKeeperServer' });

/** What the live page is sent after each change, whole: one group, the cluster under it, and what may be changed. */
export const labSnapshotSchema = z
  .object({
    at: time,
    platform: z.enum(PLATFORM_NAMES),
    groups: z.array(z.string()).describe('Names of the groups that can be looked at.'),
    name: z.string().describe('Which of them this is.'),
    group: groupSnapshotSchema,
    groupContact: z
      .object({ isReachable: z.boolean(), since: time })
      .describe('Whether the coordinator of the group answered at the last look, and since when that is so.'),
    kafka: z.object({
      isReachable: z.boolean(),
      since: time.describe('Since when it is so.'),
      underReplicated: z.int().describe('Partitions with a copy that is not in sync.'),
      brokers: z.array(brokerSchema),
    }),
    zookeeper: z.object({
      hasQuorum: z.boolean().nullable().describe('null when the servers cannot be asked from here.'),
      servers: z.array(zooKeeperServerSchema),
    }),
    apiServer: z
      .object({ isReachable: z.boolean(), since: time })
      .nullable()
      .describe('Whether the platform itself can be asked; null where there is none.'),
    producers: z.array(z.object({ name: z.string(), phase: phaseSchema })),
    wantedProducers: z.int().nullable(),
    controls: z.object({
      isReadOnly: z.boolean(),
      readOnlyReason: z.string().nullable(),
      scalable: z.array(workloadSchema),
      maxReplicas: z.int(),
      faults: z.record(workloadSchema, z.array(faultKindSchema)),
      maxRatePerSecond: z.int(),
      maxProcessingDelayMs: z.int(),
    }),
    load: z.object({ ratePerSecond: z.int() }).describe('The rate that was set on the page; 0 is none.'),
    processingDelayMs: z
      .int()
      .nullable()
      .describe('The delay that was set on the page; null when each consumer has its own.'),
  })
  .meta({ id: 'LabSnapshot' });

/** The last minutes in samples of one second, oldest first: what the histories begin with. */
export const labHistorySchema = z
  .object({
    groupId: z.string(),
    samples: z.array(
      z.object({
        at: time,
        lag: z.int(),
        producedPerSecond: rate,
        consumedPerSecond: rate,
        members: z.int(),
        partitionLags: z.array(z.int()).describe('By partition number.'),
      }),
    ),
  })
  .meta({ id: 'LabHistory' });

/** A workload, and the number of replicas that it shall have. */
export const scaleRequestSchema = z
  .strictObject({ workload: z.enum(SCALABLE_WORKLOADS), replicas: z.int().min(0).max(LARGEST_SCALE) })
  .meta({ id: 'ScaleRequest' });
/** A fault, and the name of the replica it is for. */
export const faultRequestSchema = z
  .strictObject({ kind: faultKindSchema, target: z.string().min(1).max(253) })
  .meta({ id: 'FaultRequest' });
/** The largest load that the page may ask for, in records a second of all producers together. */
export const MAX_RATE_PER_SECOND = 20_000;
/** The load that the page asks for; it lasts until another is asked for. */
export const loadRateSchema = z
  .strictObject({
    ratePerSecond: z.int().min(0).max(MAX_RATE_PER_SECOND).describe('All producers together; 0 ends it.'),
  })
  .meta({ id: 'LoadRate' });
/** The longest a consumer may be told to take for a record. */
export const MAX_PROCESSING_DELAY_MS = 10_000;
/** How long consumers are to take for each record, in milliseconds; 0 is no delay. */
export const processingDelaySchema = z
  .strictObject({ delayMs: z.int().min(0).max(MAX_PROCESSING_DELAY_MS) })
  .meta({ id: 'ProcessingDelay' });

export type Pod = z.infer<typeof podSchema>;
export type Member = z.infer<typeof memberSchema>;
export type Partition = z.infer<typeof partitionSchema>;
export type CauseKind = z.infer<typeof causeKindSchema>;
export type Return = z.infer<typeof returnSchema>;
export type Rebalance = z.infer<typeof rebalanceSchema>;
export type Explanation = z.infer<typeof explanationSchema>;
export type GroupSnapshot = z.infer<typeof groupSnapshotSchema>;
export type Broker = z.infer<typeof brokerSchema>;
export type ZooKeeperServer = z.infer<typeof zooKeeperServerSchema>;
export type LabSnapshot = z.infer<typeof labSnapshotSchema>;
export type LabHistory = z.infer<typeof labHistorySchema>;
