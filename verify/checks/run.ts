import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import type { JudgedReceipt } from './forget-unknown-generations.ts';
import type { AcceptedCommit, LedgerEntry, PartitionRange, RunFacts } from './history.ts';
import { findIndexFrom, type Records } from './records.ts';

/**
 * Whether all that a log or a ledger ever held of the run was read, some was cut off, or nobody read it. A ledger is
 * absent when the group committed and wrote no receipt at all: its consumers keep none.
 */
type Reading = 'whole' | 'cut' | 'unread' | 'absent';

/** How much was read of a partition. */
export interface PartitionReading {
  readonly partition: number;
  readonly logRange: PartitionRange | undefined;
  readonly log: Reading;
  readonly ledger: Reading;
  /** Why the log, or the ledger, was not read, if that is known. */
  readonly unreadable: Readonly<Record<'log' | 'ledger', PartitionRange['unreadable']>>;
}

/** The long lists of a history as far as they are of one partition, each in the order in which it was read. */
export interface PartitionContent {
  /** All that was read of the log, whoever sent it, ascending by offset. */
  readonly logged: Records;
  readonly receipts: readonly LedgerEntry[];
  readonly commits: readonly AcceptedCommit[];
}

/** What the history holds about the run in one partition. */
export interface PartitionRun extends PartitionReading {
  /** The run's records, ascending by offset. */
  readonly records: Records;
  readonly logged: Records;
  /** The topic's receipts, in append order. */
  readonly receipts: readonly JudgedReceipt[];
  /** The same, as they were written. */
  readonly written: readonly LedgerEntry[];
  readonly commits: readonly AcceptedCommit[];
}

/** How many there are in all partitions. */
export interface Totals {
  /** Of the topic. */
  readonly receipts: number;
  readonly commits: number;
}

/** Tells of each partition how much was read of it. */
export function createReadings(facts: RunFacts, totals: Totals): (partition: number) => PartitionReading {
  const isLedgerAbsent = totals.receipts === 0 && (totals.commits > 0 || hasCommitted(facts));
  return (partition) => {
    const findRange = (ranges: readonly PartitionRange[]) => ranges.find((range) => range.partition === partition);
    const [foundLog, foundLedger] = [findRange(facts.logRange), findRange(facts.ledgerRange)];
    const [logRange, ledgerRange] = [foundLog, foundLedger].map((range) => (range?.unreadable ? undefined : range));
    return {
      partition,
      logRange,
      log: decideReading(logRange),
      ledger: decideLedger(decideReading(ledgerRange), isLedgerAbsent),
      unreadable: { log: foundLog?.unreadable, ledger: foundLedger?.unreadable },
    };
  };
}

/**
 * Arranges what there is of a partition and leaves out what is not the run's: records of other runs, and a record or
 * receipt that the reader saw twice in the same place. A receipt counts for no record that came later.
 *
 * @param judged a receipt as it is judged
 */
export function buildPartitionRun(
  reading: PartitionReading,
  content: PartitionContent,
  runId: string,
  judged: (receipt: LedgerEntry) => JudgedReceipt,
): PartitionRun {
  const records = content.logged.ofRun(runId);
  const written = sortReceipts(content.receipts).map(judged);
  return {
    ...reading,
    ...content,
    records,
    written,
    receipts: written.map((receipt) => endInTime(receipt, records)),
  };
}

/** Whether the group's positions moved while the run was under way. */
function hasCommitted({ committed, logRange }: RunFacts): boolean {
  const startOf = new Map(logRange.map(({ partition, endBeforeRun }) => [partition, endBeforeRun]));
  return committed.some(({ partition, committedOffset }) => (committedOffset ?? 0) > (startOf.get(partition) ?? 0));
}

function decideLedger(reading: Reading, isAbsent: boolean): Reading {
  return reading === 'whole' && isAbsent ? 'absent' : reading;
}

function sortReceipts(receipts: readonly LedgerEntry[]): readonly LedgerEntry[] {
  if (isAscending(receipts)) return receipts;
  return receipts
    .toSorted((a, b) => a.ledgerOffset - b.ledgerOffset)
    .filter(({ ledgerOffset }, index, all) => ledgerOffset !== all[index - 1]?.ledgerOffset);
}

/** Ends a receipt before the first record that was stored after the work had ended: it cannot have been processed. */
function endInTime(receipt: JudgedReceipt, records: Records): JudgedReceipt {
  const endedAt = Math.min(Date.parse(receipt.finishedAt), receipt.appendedAt ?? Infinity);
  const latest = endedAt + CLOCK_DIFFERENCE_MS;
  const first = findIndexFrom(records, receipt.from);
  const reached = findIndexFrom(records, receipt.to + 1);
  let end = reached;
  while (end > first && records.storedAt(end - 1) > latest) end -= 1;
  return end < reached ? { ...receipt, to: records.offsetAt(end) - 1 } : receipt;
}

/** Whether nothing needs sorting and nothing is there twice, as when one reader read once. */
function isAscending(receipts: readonly LedgerEntry[]): boolean {
  return receipts.every(({ ledgerOffset }, index) => ledgerOffset > (receipts[index - 1]?.ledgerOffset ?? -1));
}

function decideReading(range: PartitionRange | undefined): Reading {
  if (!range) return 'unread';
  return range.logStart > range.endBeforeRun ? 'cut' : 'whole';
}
