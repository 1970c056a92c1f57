import type { LoadIdentity } from '../../lib/contracts/load-record.ts';
import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import { countLeading } from './count-leading.ts';
import type { JudgedReceipt } from './forget-unknown-generations.ts';
import type { History, LedgerEntry, LoggedRecord, PartitionRange } from './history.ts';

/** A record in the log that belongs to the run. */
export interface RunRecord extends LoggedRecord {
  readonly identity: LoadIdentity;
}

/**
 * Whether all that a log or a ledger ever held of the run was read, some was cut off, or nobody read it. A ledger is
 * absent when the group committed and wrote no receipt at all: its consumers keep none.
 */
export type Reading = 'whole' | 'cut' | 'unread' | 'absent';

/** What the history holds about the run in one partition. */
export interface PartitionRun {
  readonly partition: number;
  /** The run's records, ascending by offset. */
  readonly records: readonly RunRecord[];
  /** All that was read of the log, whoever sent it, ascending by offset. */
  readonly logged: readonly LoggedRecord[];
  /** The topic's receipts, in append order. */
  readonly receipts: readonly JudgedReceipt[];
  /** The same, as they were written. */
  readonly written: readonly LedgerEntry[];
  readonly logRange: PartitionRange | undefined;
  readonly log: Reading;
  readonly ledger: Reading;
  /** Why the log, or the ledger, was not read, if that is known. */
  readonly unreadable: Readonly<Record<'log' | 'ledger', PartitionRange['unreadable']>>;
}

/**
 * Arranges a history by partition and leaves out what is not the run's: records of other runs, receipts of other topics,
 * and a record or receipt that the reader saw twice in the same place. A receipt counts for no record that came
 * later.
 */
export function buildRun(history: History): ReadonlyMap<number, PartitionRun> {
  const records = groupByPartition(history.log);
  const receipts = groupByPartition(history.receipts.filter(({ topic }) => topic === history.topic));
  const numbers = new Set([...Array(history.partitions).keys(), ...records.keys(), ...receipts.keys()]);
  const isLedgerAbsent = receipts.size === 0 && (history.commits.length > 0 || hasCommitted(history));
  const runs = [...numbers].map((partition): [number, PartitionRun] => {
    const findRange = (ranges: readonly PartitionRange[]) => ranges.find((range) => range.partition === partition);
    const [foundLog, foundLedger] = [findRange(history.logRange), findRange(history.ledgerRange)];
    const [logRange, ledgerRange] = [foundLog, foundLedger].map((range) => (range?.unreadable ? undefined : range));
    const logged = sortRecords(records.get(partition) ?? []);
    const ofRun = logged.filter((record) => isOfRun(record, history.runId));
    const written = sortReceipts(receipts.get(partition) ?? []);
    const run = {
      partition,
      records: ofRun,
      logged,
      receipts: written.map((receipt) => endInTime(receipt, ofRun)),
      written,
      logRange,
      log: decideReading(logRange),
      ledger: decideLedger(decideReading(ledgerRange), isLedgerAbsent),
      unreadable: { log: foundLog?.unreadable, ledger: foundLedger?.unreadable },
    };
    return [partition, run];
  });
  return new Map(runs);
}

/** Whether the group's positions moved while the run was under way. */
function hasCommitted({ committed, logRange }: History): boolean {
  const startOf = new Map(logRange.map(({ partition, endBeforeRun }) => [partition, endBeforeRun]));
  return committed.some(({ partition, committedOffset }) => (committedOffset ?? 0) > (startOf.get(partition) ?? 0));
}

function decideLedger(reading: Reading, isAbsent: boolean): Reading {
  return reading === 'whole' && isAbsent ? 'absent' : reading;
}

function isOfRun(record: LoggedRecord, runId: string): record is RunRecord {
  return record.identity?.runId === runId;
}

function groupByPartition<Item extends { readonly partition: number }>(items: readonly Item[]): Map<number, Item[]> {
  return Map.groupBy(items, ({ partition }) => partition);
}

function sortRecords(records: readonly LoggedRecord[]): readonly LoggedRecord[] {
  if (isAscending(records, ({ offset }) => offset)) return records;
  return records
    .toSorted((a, b) => a.offset - b.offset)
    .filter((record, index, all) => !isSame(record, all[index - 1]));
}

function sortReceipts(receipts: readonly LedgerEntry[]): readonly LedgerEntry[] {
  if (isAscending(receipts, ({ ledgerOffset }) => ledgerOffset)) return receipts;
  return receipts
    .toSorted((a, b) => a.ledgerOffset - b.ledgerOffset)
    .filter(({ ledgerOffset }, index, all) => ledgerOffset !== all[index - 1]?.ledgerOffset);
}

/** Ends a receipt before the first record that was stored after the work had ended: it cannot have been processed. */
function endInTime(receipt: LedgerEntry, records: readonly RunRecord[]): LedgerEntry {
  const endedAt = Math.min(Date.parse(receipt.finishedAt), receipt.appendedAt ?? Infinity);
  const latest = endedAt + CLOCK_DIFFERENCE_MS;
  const first = findIndexFrom(records, receipt.from);
  let end = findIndexFrom(records, receipt.to + 1);
  while (end > first && (records[end - 1]?.storedAt ?? -Infinity) > latest) end -= 1;
  const next = records[end];
  return next !== undefined && next.offset <= receipt.to ? { ...receipt, to: next.offset - 1 } : receipt;
}

/** Whether nothing needs sorting and nothing is there twice, as when one reader read once. */
function isAscending<Item>(items: readonly Item[], offsetOf: (item: Item) => number): boolean {
  let before = -1;
  for (const item of items) {
    const offset = offsetOf(item);
    if (offset <= before) return false;
    before = offset;
  }
  return true;
}

function isSame(record: LoggedRecord, before: LoggedRecord | undefined): boolean {
  return (
    record.offset === before?.offset &&
    record.identity?.producer === before.identity?.producer &&
    record.identity?.sequence === before.identity?.sequence
  );
}

function decideReading(range: PartitionRange | undefined): Reading {
  if (!range) return 'unread';
  return range.logStart > range.endBeforeRun ? 'cut' : 'whole';
}

/** Index of the first record at or after an offset; the number of records when there is none. */
export function findIndexFrom(records: readonly LoggedRecord[], offset: number): number {
  return countLeading(records.length, (index) => (records[index]?.offset ?? Infinity) < offset);
}

/** The run's records by who sent them as the how-manieth: normally one each. */
export interface CopiesByIdentity {
  find(producer: string, sequence: number): readonly RunRecord[];
  /** Those with more than one copy. */
  repeated(): Iterable<readonly RunRecord[]>;
}

/** Finds every copy of a record by its identity, in any partition. */
export function buildCopiesByIdentity(run: ReadonlyMap<number, PartitionRun>): CopiesByIdentity {
  const producers = new Map<string, Map<number, RunRecord>>();
  // Nearly every record is there once: only those that are not get a list of their own.
  const repeated = new Map<RunRecord, RunRecord[]>();
  for (const { records } of run.values()) {
    for (const record of records) {
      const { producer, sequence } = record.identity;
      let sequences = producers.get(producer);
      if (!sequences) producers.set(producer, (sequences = new Map<number, RunRecord>()));
      const first = sequences.get(sequence);
      if (!first) sequences.set(sequence, record);
      else repeated.set(first, [...(repeated.get(first) ?? [first]), record]);
    }
  }
  return {
    find(producer, sequence) {
      const first = producers.get(producer)?.get(sequence);
      return first === undefined ? [] : (repeated.get(first) ?? [first]);
    },
    repeated: () => repeated.values(),
  };
}
