import { z } from 'zod';

/** The kind ConsumerGroup, as charts/crds defines it. */
export const CONSUMER_GROUP_KIND = {
  group: 'groups.kafka-lab.dev',
  version: 'v1alpha1',
  kind: 'ConsumerGroup',
  plural: 'consumergroups',
} as const;

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

/** An object as the operator reads it. Of its status only what it goes on from. */
export const consumerGroupSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string(), generation: z.int() }),
  spec: specSchema,
  status: z
    .object({
      conditions: z.array(conditionSchema).optional(),
      lastRebalance: z.object({ generation: z.int() }).optional(),
    })
    .optional(),
});

export type ConsumerGroup = z.infer<typeof consumerGroupSchema>;
export type Condition = z.infer<typeof conditionSchema>;

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
  readonly lastRebalance?: {
    readonly generation: number;
    readonly time: string;
    readonly cause: string;
    readonly message: string;
    readonly moved: number;
    readonly longestPauseMilliseconds?: number;
  };
  readonly explanation: string;
  readonly conditions: readonly Condition[];
}
