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
  /** By its producer's clock, in milliseconds since the epoch; for display. */
  readonly storedAt?: number;
  readonly identity?: LoadIdentity;
  /** What the digest of a receipt takes of its value. */
  readonly valueCrc?: number;
}

/** A receipt and where it stands in the ledger partition of its source's number. */
export interface LedgerEntry extends Receipt {
  readonly ledgerOffset: number;
  /** When it was appended, by the broker's clock, in milliseconds since the epoch; where the topic keeps that. */
  readonly appendedAt?: number;
}

/** Records of the ledger that are no receipts of the topic. */
export interface UncountedReceipts {
  readonly count: number;
  /** The first of them, and why. */
  readonly examples: readonly { readonly partition: number; readonly offset: number; readonly reason: string }[];
}

/** What the group had committed for a partition, read before the receipts. */
export interface CommittedOffset {
  readonly partition: number;
  /** The next offset the group would read; null when it has committed none. */
  readonly committedOffset: number | null;
  /** Milliseconds since the epoch; for display. */
  readonly readAt: number;
  /** Where the log ended afterwards, whoever had written there: ends of transactions are offsets, too. */
  readonly logEnd?: number;
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
  /** Of the log: the first offset that was read, before the run for the sake of receipts that reach there. */
  readonly readFrom?: number;
  /** Of the log: the offset up to which it was read, beyond `logEnd` for their sake. */
  readonly readTo?: number;
  /** Why it was not read to its end. */
  readonly unreadable?: { readonly offset: number; readonly reason: string };
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

/** A generation of the group as its coordinator wrote it down. */
export interface Generation {
  readonly generation: number;
  /** By the coordinator's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly members: readonly GenerationMember[];
}

/** A member as the coordinator wrote it down. */
export interface GenerationMember extends AssignedMember {
  /** Silence after which the group goes on without it, in milliseconds. */
  readonly sessionTimeoutMs: number;
  /** Set of a static member, which stays in the group when it ends. */
  readonly groupInstanceId?: string;
}

/** A position that the coordinator accepted for a partition, in the order in which it did. */
export interface AcceptedCommit {
  readonly partition: number;
  readonly offset: number;
  /** By the coordinator's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/** The group's positions, read first, and where the ledger ended afterwards: what is committed must be in the ledger by then. */
export interface CommitSample {
  /** Milliseconds since the epoch; for display. */
  readonly at: number;
  readonly partitions: readonly {
    readonly partition: number;
    /** null when the group had committed none. */
    readonly committedOffset: number | null;
    /** Log-end offset of the ledger's partition, read after the committed offset. */
    readonly ledgerEnd: number;
  }[];
}

/** One step of the scenario, as far as it came. */
export interface StepRecord {
  readonly index: number;
  /** Its kind in the scenario: `scale`, `kill`, `wait-balanced`. */
  readonly kind: string;
  /** In words. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** `unsupported`: the platform cannot do it. `pending`: the history ends within it. `error`: it could not be told. */
  readonly outcome: 'done' | 'failed' | 'unsupported' | 'error' | 'pending';
  readonly detail: string | null;
  /** Set by `wait-balanced`: from the last change to the first sight of balance; of a rolling update or a drain, from its end. */
  readonly balanceMs?: number;
}

/** What was done to a replica, in milliseconds since the epoch by the verifier's clock. */
export interface FaultRecord {
  readonly at: number;
  readonly kind: string;
  readonly target: string;
}

/** What the platform saw of a replica, in milliseconds since the epoch by the verifier's clock. */
export interface ReplicaEvent {
  readonly at: number;
  readonly replica: string;
  /** `consumer`, `kafka` and so on. */
  readonly workload: string;
  /** The phase it is in from then on: `starting`, `ready`, `failed`, `terminating`; `removed` when it is gone. */
  readonly phase: string;
  /** How often its process was started again. */
  readonly restarts: number;
  /** Why, if the platform says so: of `failed`, how its process ended. */
  readonly reason?: string;
}

/** How complete the copies of all partitions were at the end. */
export interface ReplicationRecord {
  readonly at: number;
  /** Partitions of all topics with a copy that is not in sync. */
  readonly underReplicated: number;
  readonly brokers: number;
  readonly expectedBrokers: number;
}

/** A record that is no message, put into the log on purpose. */
export interface PoisonRecord {
  readonly partition: number;
  readonly offset: number;
  /** CRC-32 of its value, by which it is known where nothing says where it stood. */
  readonly valueCrc?: number;
}

/** What the scenario accepts; what is not given is measured only. */
export interface Limits {
  /** Longest time to balance after any step, in milliseconds. */
  readonly balanceMs?: number;
  /** Longest pause of any partition, in milliseconds. */
  readonly pauseMs?: number;
  /** Largest share of the throughput that may be missing over ten seconds, 0 to 1. */
  readonly dip?: number;
  /** Records that may be processed more than once. */
  readonly duplicates?: number;
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
  /** Settings of the topic by which its log loses records: `delete`, `compact`, or both; undefined when it was not told. */
  readonly cleanupPolicy?: string;
  /** Every record within `logRange`; what was read beyond it is without identity. */
  readonly log: readonly LoggedRecord[];
  readonly logRange: readonly PartitionRange[];
  /** Every receipt within `ledgerRange`. */
  readonly receipts: readonly LedgerEntry[];
  /** What stands there and is no receipt; undefined where nobody noted it. */
  readonly uncounted?: UncountedReceipts | undefined;
  readonly ledgerRange: readonly PartitionRange[];
  readonly committed: readonly CommittedOffset[];
  readonly assignments: readonly AssignmentSnapshot[];
  /** The group's generations since the run began, and the one before it, in the order in which they were written. */
  readonly generations: readonly Generation[];
  /** Accepted since the run began, in the order in which they were written. */
  readonly commits: readonly AcceptedCommit[];
  /** Whether the group's own history was read without a gap. */
  readonly groupReading: 'whole' | 'cut' | 'unread';
  /** Taken while the group worked; undefined when nobody meant to. */
  readonly commitSamples: readonly CommitSample[] | undefined;
  /** Records before the end of the log that the group had not committed when it was given up; undefined when nobody waited. */
  readonly leftRecords: number | undefined;
  readonly steps: readonly StepRecord[];
  readonly faults: readonly FaultRecord[];
  /** In the order in which they were seen; empty when nobody looked at the platform. */
  readonly replicaEvents: readonly ReplicaEvent[];
  /** Read after the last step; undefined when nobody looked. */
  readonly replication: ReplicationRecord | undefined;
  readonly poisons: readonly PoisonRecord[];
  /** Where the dead letters since the run began stood before. */
  readonly deadLetters: readonly PoisonRecord[];
  /** CRC-32 of the values of dead letters that do not say where they stood; undefined where nobody noted it. */
  readonly otherLetters?: readonly number[] | undefined;
  readonly limits: Limits;
}

/** What is known about a run but for its long lists, of which there is an entry for each record, receipt or commit. */
export type RunFacts = Omit<History, 'operations' | 'log' | 'receipts' | 'commits'>;
