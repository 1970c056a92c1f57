import type { PreparedRun } from '../checks/prepare-run.ts';

/** What was seen of one replica of somebody's consumer, from its start to its end. */
export interface Observation {
  /** What it was told to be called: `CLIENT_ID`. */
  readonly clientId: string;
  readonly groupId: string;
  readonly receiptsTopic: string;
  /** How its process ended before it was told to, in the order in which it did; empty when it went on. */
  readonly ends: readonly string[];
  /** What it printed last. */
  readonly printed: readonly string[];
  /** When it was a member of the group for the first time, in milliseconds after its start; undefined when it never was. */
  readonly joinedAfterMs: number | undefined;
  /** Client ids in the group that are not its own. */
  readonly strangers: readonly string[];
  /** Groups with members that are not the one that it was to join. */
  readonly otherGroups: readonly string[];
  /** Everything that Kafka holds of it. The records before `lateFrom` were there when it was started. */
  readonly run: PreparedRun;
  /** By partition, the first offset that was stored after it had joined. */
  readonly lateFrom: ReadonlyMap<number, number>;
  readonly stop: {
    /** From SIGTERM to the end of its process, in milliseconds. */
    readonly endedAfterMs: number;
    /** From SIGTERM until the group was without it, in milliseconds; undefined when it was still a member at the last look. */
    readonly leftAfterMs: number | undefined;
  };
}
