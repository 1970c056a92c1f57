import { EMPTY_DIGEST, extendDigest, formatDigest } from '../../lib/contracts/receipt-digest.ts';
import type { LedgerEntry } from './history.ts';
import { findIndexFrom, type Records } from './records.ts';
import type { PartitionRun } from './run.ts';

/** What a receipt claims, held against what the log holds between its offsets. */
export interface Comparison {
  /** As it was written. */
  readonly receipt: LedgerEntry;
  /**
   * `all`: it is of all the records there. `ends`: it says nothing of those between its first and its last. `fewer`,
   * `more`, `others`: it says that it is of so many, or of others. `beyond`: it reaches beyond what was read of the log.
   */
  readonly kind: 'all' | 'ends' | 'fewer' | 'more' | 'others' | 'beyond';
  /** Records between its offsets, as far as the log was read. */
  readonly loggedRecords: number;
}

/**
 * Compares each receipt of a partition with its log. A count that is that of the log is enough to show that nothing was
 * left out; a digest shows that it is of these very records, by itself, too.
 *
 * @returns one for each receipt, in their order; none when the log was not read
 */
export function compareWithLog({
  logged,
  written,
  logRange,
}: Pick<PartitionRun, 'logged' | 'written' | 'logRange'>): readonly Comparison[] {
  if (logRange === undefined) return [];
  const from = logRange.readFrom ?? Math.max(logRange.logStart, logRange.endBeforeRun);
  const read = { from, to: logRange.readTo ?? logRange.logEnd };
  return written.map((receipt) => {
    const [first, end] = [findIndexFrom(logged, receipt.from), findIndexFrom(logged, receipt.to + 1)];
    const between = { logged, first, end: Math.max(first, end) };
    return { receipt, kind: decideKind(receipt, between, read), loggedRecords: between.end - first };
  });
}

/** A record that has receipts, none of which shows that it was processed. */
export interface UnshownRecord {
  /** Its place among the run's records of the partition. */
  readonly index: number;
  /** The first of them. */
  readonly comparison: Comparison;
}

/** The records of the run whose receipts do not tell whether they were left out. */
export function* listUnshown({
  records,
  receipts,
  comparisons,
}: Pick<PartitionRun, 'records' | 'receipts'> & {
  readonly comparisons: readonly Comparison[];
}): Generator<UnshownRecord> {
  const isVague = ({ kind }: Comparison): boolean => kind === 'ends' || kind === 'beyond';
  if (!comparisons.some(isVague)) return;
  const isSettled = new Uint8Array(records.length);
  // A receipt counts for no record that came later: it may end before what was written.
  const places = receipts.map(
    ({ from, to }) => [findIndexFrom(records, from), findIndexFrom(records, to + 1)] as const,
  );
  for (const [index, comparison] of comparisons.entries()) {
    const [first, end] = places[index] ?? [0, 0];
    if (!isVague(comparison)) isSettled.fill(1, first, end);
    else if (comparison.kind === 'ends') settleEnds(isSettled, records, comparison.receipt, [first, end]);
  }
  for (const [index, comparison] of comparisons.entries()) {
    if (!isVague(comparison)) continue;
    const [first, end] = places[index] ?? [0, 0];
    for (let at = first; at < end; at += 1) {
      if (isSettled[at] === 0) yield { index: at, comparison };
      isSettled[at] = 1;
    }
  }
}

/** The first and the last of a run are processed, whatever lies between them. */
function settleEnds(
  isSettled: Uint8Array,
  records: Records,
  { from, to }: LedgerEntry,
  [first, end]: readonly [number, number],
): void {
  if (records.offsetAt(first) === from) isSettled[first] = 1;
  if (end > first && records.offsetAt(end - 1) === to) isSettled[end - 1] = 1;
}

/** Some of the records of a log, by their places in it. */
interface Span {
  readonly logged: Records;
  readonly first: number;
  readonly end: number;
}

function decideKind(
  { from, to, records, digest }: LedgerEntry,
  between: Span,
  read: { readonly from: number; readonly to: number },
): Comparison['kind'] {
  const count = between.end - between.first;
  if (records !== undefined && records < count) return 'fewer';
  if (from < read.from || to >= read.to) return 'beyond';
  if (records !== undefined && records > count) return 'more';
  const loggedDigest = digest === undefined ? undefined : digestOf(between);
  if (loggedDigest !== undefined) return loggedDigest === digest ? 'all' : 'others';
  // Whoever writes a receipt has processed something.
  return records === undefined && count > 1 ? 'ends' : 'all';
}

/** Undefined when it is not known of every record what its value was. */
function digestOf({ logged, first, end }: Span): string | undefined {
  let digest = EMPTY_DIGEST;
  for (let index = first; index < end; index += 1) {
    const valueCrc = logged.valueCrcAt(index);
    if (valueCrc === undefined) return undefined;
    digest = extendDigest(digest, logged.offsetAt(index), valueCrc);
  }
  return formatDigest(digest);
}
