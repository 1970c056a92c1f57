import type { AcceptedCommit, History, LedgerEntry, LoggedRecord } from '../checks/history.ts';
import type { Ends } from './topic-reader.ts';

/** Where everything ended before a run: what lies before is not the run's. */
export interface RunStart {
  readonly log: Ends;
  readonly ledger: Ends;
  readonly deadLetters: Ends;
  /** End of the group's own history. */
  readonly group: number;
}

/** What Kafka holds of a run, but for its long lists: everything in a history that the verifier has not seen itself. */
export type Evidence = Pick<
  History,
  | 'partitions'
  | 'cleanupPolicy'
  | 'logRange'
  | 'uncounted'
  | 'ledgerRange'
  | 'committed'
  | 'generations'
  | 'groupReading'
  | 'deadLetters'
  | 'otherLetters'
>;

/** Takes the long lists as they are read: all entries of a partition behind one another, and no partition twice. */
export interface EvidenceSink {
  receipt(receipt: LedgerEntry): void;
  record(record: LoggedRecord): void;
  commit(commit: AcceptedCommit): void;
}

/** The long lists in memory. */
export interface EvidenceLists {
  readonly receipts: LedgerEntry[];
  readonly log: LoggedRecord[];
  readonly commits: AcceptedCommit[];
}

/** A sink for who keeps everything. */
export function createListSink(): { readonly sink: EvidenceSink; readonly lists: EvidenceLists } {
  const lists: EvidenceLists = { receipts: [], log: [], commits: [] };
  return {
    lists,
    sink: {
      receipt: (receipt) => void lists.receipts.push(receipt),
      record: (record) => void lists.log.push(record),
      commit: (commit) => void lists.commits.push(commit),
    },
  };
}
