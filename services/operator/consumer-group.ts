import { z } from 'zod';
import { causeKindSchema } from '../../lib/contracts/lab-snapshot.ts';

/** What the API server has checked already: this is for a definition that is older or newer than the operator. */
const specSchema = z.object({
  groupId: z.string().min(1),
  topic: z.string().min(1),
  deployment: z.string().min(1),
  receiptsTopic: z.string().min(1).optional(),
  idleFirstScaleDown: z.boolean().default(true),
});

const conditionSchema = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  observedGeneration: z.int().optional(),
  lastTransitionTime: z.string(),
});

const lastRebalanceSchema = z.object({
  generation: z.int(),
  time: z.iso.datetime(),
  cause: causeKindSchema,
  message: z.string(),
  moved: z.int().default(0),
  longestPauseMilliseconds: z.int().optional().catch(undefined),
});

/** An object as the operator reads it. Of its status only what it goes on from, and nothing that it does not understand. */
export const consumerGroupSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string(), generation: z.int() }),
  spec: specSchema,
  status: z
    .object({
      conditions: z.array(conditionSchema).optional().catch(undefined),
      lastRebalance: lastRebalanceSchema.optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export type ConsumerGroup = z.infer<typeof consumerGroupSchema>;
export type Condition = z.infer<typeof conditionSchema>;
/** The last rebalance as a status tells of it. */
export type LastRebalance = z.infer<typeof lastRebalanceSchema>;

/** What the operator writes: the status as charts/crds/consumer-group-status.ts describes it. */
export interface ConsumerGroupStatus {
  readonly observedGeneration: number;
  readonly state: string;
  readonly assignor?: string;
  readonly generation?: number;
  readonly members: number;
  readonly partitions: number;
  readonly idle: number;
  readonly imbalance: number;
  readonly lag: number;
  readonly shares: string;
  readonly idleMembers: readonly string[];
  readonly pods: readonly {
    readonly name: string;
    readonly node: string;
    readonly zone?: string;
    readonly phase: string;
    readonly partitions: readonly number[];
    readonly lag: number;
    readonly idleReason?: string;
    readonly deletionCost?: number;
    readonly isNextToGo: boolean;
  }[];
  readonly lastRebalance?: LastRebalance;
  readonly explanation: string;
  readonly conditions: readonly Condition[];
}
