/**
 * The journal of a run: `history.jsonl`, one line per thing that happened, written before what follows from it. The
 * line that invokes records is on disk before they are sent, so that a verifier that dies leaves all that
 * is needed to judge what it did.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import type { PlatformName } from '../../lib/contracts/platform-name.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { SavedRun } from '../../lib/contracts/saved-run.ts';
import type {
  AssignmentSnapshot,
  CommitSample,
  FaultRecord,
  Limits,
  PoisonRecord,
  ReplicationRecord,
  StepRecord,
} from '../checks/history.ts';
import type { RunStart } from './evidence.ts';

/** Name of the journal in a run's directory. */
export const JOURNAL_FILE = 'history.jsonl';

/** What a run is, written before it begins. */
export interface RunHeader {
  readonly format: 2;
  readonly runId: string;
  readonly scenario: SavedRun['scenario'];
  readonly limits: Limits;
  readonly platform: PlatformName;
  /** The cluster that the run was on; null when its brokers do not say. */
  readonly clusterId: string | null;
  /** Folder of the local lab's data. */
  readonly dataDir?: string;
  readonly groupId: string;
  readonly topic: string;
  readonly receiptsTopic: string;
  /** Partitions of the topic. */
  readonly partitions: number;
  readonly startedAt: number;
  /** Where everything ended before the run. */
  readonly start: RunStart;
  readonly settings: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string>>;
}

/** How busy the machine was. */
export interface MachineSample {
  readonly at: number;
  /** Share of the processors in use since the last sample, 0 to 1. */
  readonly busy: number;
  /** Processes that ran or waited to, over the last minute. */
  readonly load1: number;
  /** Longest time in which this process did not get to run since the last sample, in milliseconds. */
  readonly stalledMs: number;
}

/** Times are milliseconds since the epoch by the verifier's clock. */
export type JournalLine =
  | ({ readonly kind: 'run' } & RunHeader)
  /** Records that are about to be sent with one request: their sequences follow one another. */
  | {
      readonly kind: 'invoke';
      readonly at: number;
      readonly producer: string;
      /** Of the first. */
      readonly sequence: number;
      readonly keys: readonly string[];
    }
  /** Records that were stored, and where: one place in each list is one record, and their sequences follow one another. */
  | {
      readonly kind: 'ok';
      readonly at: number;
      readonly producer: string;
      /** Of the first. */
      readonly sequence: number;
      readonly partitions: readonly number[];
      readonly offsets: readonly number[];
    }
  | {
      readonly kind: 'fail' | 'unknown';
      readonly at: number;
      readonly producer: string;
      /** Of the first. */
      readonly sequence: number;
      /** How many there are, whose sequences follow one another. */
      readonly count: number;
      readonly code: string;
    }
  | {
      readonly kind: 'step-begins';
      readonly at: number;
      readonly index: number;
      readonly step: string;
      readonly text: string;
    }
  | ({ readonly kind: 'step-ends'; readonly at: number; readonly index: number } & Pick<
      StepRecord,
      'outcome' | 'detail' | 'balanceMs'
    >)
  | { readonly kind: 'fault'; readonly fault: FaultRecord; readonly rule: string }
  | { readonly kind: 'platform'; readonly event: PlatformEvent }
  | { readonly kind: 'assignment'; readonly assignment: AssignmentSnapshot }
  | { readonly kind: 'commit-sample'; readonly sample: CommitSample }
  | { readonly kind: 'machine'; readonly sample: MachineSample }
  | { readonly kind: 'rebalance'; readonly rebalance: Rebalance }
  | { readonly kind: 'poison'; readonly at: number; readonly poison: PoisonRecord }
  | { readonly kind: 'replication'; readonly replication: ReplicationRecord }
  /** There will be no other step; complete when none was left out. */
  | { readonly kind: 'over'; readonly at: number; readonly isComplete: boolean; readonly reason: string }
  /** Where the topic ended when all answers were there; what is beyond is not judged. */
  | {
      readonly kind: 'end';
      readonly at: number;
      readonly log: readonly (readonly [number, number])[];
      readonly leftRecords: number;
    };

/** Where lines are written to. */
export interface Journal {
  write(line: JournalLine): void;
  close(): void;
}

/** Opens a journal that is appended to; each line is with the operating system when `write` returns. */
export function openJournal(file: string): Journal {
  const descriptor = openSync(file, 'a', 0o644);
  let isClosed = false;
  return {
    write(line) {
      // What is still told after the end is nobody's any more.
      if (!isClosed) writeSync(descriptor, `${JSON.stringify(line)}\n`);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      closeSync(descriptor);
    },
  };
}
