/** A partition of which nothing more is processed for now, while the others go on. */
export interface HeldPartition {
  readonly partition: number;
  readonly reason: string;
  /** Where its log cannot be read; undefined when it waits for something else. @default none */
  readonly offset?: number;
}

/** A member as it knows itself. */
export interface MemberState {
  readonly phase: 'joining' | 'member' | 'stopped';
  /** Whether it has been a member at any time. */
  readonly hasJoined: boolean;
  readonly memberId: string | null;
  readonly generation: number | null;
  readonly partitions: readonly number[];
  /** Those of its partitions that wait, and for what. */
  readonly held: readonly HeldPartition[];
  /** Why it is no member for longer than joining takes, in words; null while it is one, and while it may soon be. */
  readonly obstacle: string | null;
}
