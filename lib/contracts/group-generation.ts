/** Topic → partitions, in the order in which they were written. */
export type PartitionsByTopic = Readonly<Record<string, number[]>>;

/** One generation of a group as its coordinator wrote it down: who was a member, and who owned what. */
export interface GroupGeneration {
  readonly generation: number;
  readonly assignor: string | null;
  /** When the coordinator wrote it, in milliseconds since the epoch. */
  readonly at: number;
  readonly members: readonly {
    readonly memberId: string;
    readonly clientId: string;
    /** Silence after which the group goes on without it, in milliseconds. */
    readonly sessionTimeoutMs: number;
    /** How long the group waits for it in a rebalance, in milliseconds. @default not known */
    readonly rebalanceTimeoutMs?: number;
    /** Set of a static member (KIP-345). */
    readonly groupInstanceId?: string;
    readonly partitions: PartitionsByTopic;
  }[];
}
