import type { LoadIdentity } from '../../lib/contracts/load-record.ts';
import type { Receipt } from '../../lib/contracts/receipt.ts';

/** What the driver was told about a record: stored there, not stored, or neither. */
export type Outcome =
  | { readonly kind: 'ok'; readonly partition: number; readonly offset: number }
  /** Refused for certain: the record must not be in the log. */
  | { readonly kind: 'fail'; readonly code: string }
  /** Handed over, but unconfirmed: the record may be in the log or not. */
  | { readonly kind: 'unknown'; readonly code: string }
  /** Invoked, and the history ends before the answer: as good as unknown. */
  | { readonly kind: 'pending' };

/** One numbered record the driver asked to be stored; exactly one operation per producer and sequence. */
export interface Operation {
  readonly producer: string;
  readonly sequence: number;
  readonly key: string;
  /** Milliseconds since the epoch; for display. */
  readonly invokedAt: number;
  readonly outcome: Outcome;
}

/** A record found in the topic's log; without identity it is no load record. */
export interface LoggedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly identity?: LoadIdentity;
}

/** A receipt and where it stands in the ledger partition of its source's number. */
export interface LedgerEntry extends Receipt {
  readonly ledgerOffset: number;
}

/** What the group had committed for a partition, read before the receipts. */
export interface CommittedOffset {
  readonly partition: number;
  /** The next offset the group would read; null when it has committed none. */
  readonly committedOffset: number | null;
  /** Milliseconds since the epoch; for display. */
  readonly readAt: number;
}

/**
 * How much of a partition of the topic, or of the ledger, was there when it was read. A partition that
 * was not read to `logEnd` is left out, which makes its verdict unknown.
 */
export interface PartitionRange {
  readonly partition: number;
  /** The first offset still there: retention has cut off what lay below. */
  readonly logStart: number;
  /** The log-end offset up to which everything was read, after the last operation was answered. */
  readonly logEnd: number;
  /** The log-end offset before the run's first operation: what is cut off below it is not the run's. */
  readonly endBeforeRun: number;
}

/** A member of the group and what it owned. */
export interface AssignedMember {
  /** Its client id, which is its pod's name. */
  readonly member: string;
  /** The group coordinator's id for it. */
  readonly memberId: string;
  readonly partitions: readonly number[];
}

/** Who owned what, observed when the group had settled. */
export interface AssignmentSnapshot {
  readonly generation: number;
  /** Milliseconds since the epoch; for display. */
  readonly at: number;
  /** How many replicas had been asked for. */
  readonly replicas: number;
  readonly members: readonly AssignedMember[];
}

/**
 * All that is known about one run, as plain data: what was asked and answered, what the log and the
 * ledger hold, what was committed, who owned what. Records and receipts of other runs may be in it.
 */
export interface History {
  readonly runId: string;
  readonly topic: string;
  /** Partitions of the topic. */
  readonly partitions: number;
  readonly operations: readonly Operation[];
  /** Every record of the run within `logRange`. */
  readonly log: readonly LoggedRecord[];
  readonly logRange: readonly PartitionRange[];
  /** Every receipt within `ledgerRange`. */
  readonly receipts: readonly LedgerEntry[];
  readonly ledgerRange: readonly PartitionRange[];
  readonly committed: readonly CommittedOffset[];
  readonly assignments: readonly AssignmentSnapshot[];
}
