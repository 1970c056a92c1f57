import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import { describeMissing, namePartitions } from './completeness.ts';
import { countLeading } from './count-leading.ts';
import { Findings } from './findings.ts';
import type { AcceptedCommit, CommittedOffset, CommitSample, History, LedgerEntry } from './history.ts';
import type { PreparedPartition, PreparedRun } from './prepare-run.ts';
import { findIndexFrom } from './run.ts';
import { conclude, concludeNothingAsked, type CheckResult } from './verdict.ts';
import { countOf } from './wording.ts';

const NAME = 'commits-behind-receipts';

type Kind = 'committedBeyond' | 'committedUnprocessed' | 'committedTooEarly' | 'maybeProcessed' | 'neverCommitted';

/** A commit was seen while the group worked when somebody looked at the positions this soon after it. */
const SEEN_WITHIN_MS = 10_000;

/**
 * Every record of the run below the committed offset has a receipt: nothing was given up as done before
 * it was. It holds while the group works, at every look, because committed offsets are read before the receipts.
 */
export function checkCommitsBehindReceipts({ history, partitions }: PreparedRun): CheckResult {
  if (history.operations.length === 0) return concludeNothingAsked(NAME);
  const committedByPartition = new Map(history.committed.map((committed) => [committed.partition, committed]));
  const looksByPartition = Map.groupBy((history.commitSamples ?? []).flatMap(toLooks), ({ partition }) => partition);
  const findings = new Findings<Kind>();
  let committedRecords = 0;
  let unjudgedLooks = 0;
  for (const partition of partitions.values()) {
    const committed = committedByPartition.get(partition.partition);
    const committedHere = findUnprocessed(partition, committed, findings);
    committedRecords += committedHere;
    findBeyond(partition, committed, findings);
    // Given up as silent: what it had processed by then and never committed would be processed by everybody after it.
    if ((history.leftRecords ?? 0) > 0) findNeverCommitted(partition, committedHere, findings);
    const looks = looksByPartition.get(partition.partition) ?? [];
    unjudgedLooks += findTooEarly(partition, looks, committedHere, findings);
  }
  const unread = [...partitions.values()].filter(({ partition }) => !committedByPartition.has(partition));
  const failures = findings.describe({
    committedBeyond: (count) => `${countOf(count, 'position is', 'positions are')} beyond the log and every receipt`,
    committedUnprocessed: (count) => `${countOf(count, 'has', 'have')} no receipt`,
    neverCommitted: (count) => `${countOf(count, 'more was', 'more were')} processed and never committed`,
    committedTooEarly: (count) => `${countOf(count, 'was', 'were')} committed before there was a receipt`,
  });
  const looks = history.commitSamples?.length ?? 0;
  return conclude({
    name: NAME,
    subject: `${countOf(committedRecords, 'record')} committed`,
    failures,
    doubts: [
      ...(committedRecords === 0 ? ['no record of the run is known to be committed'] : []),
      ...(unread.length > 0 ? [`the committed offset of ${namePartitions(unread)} was not read`] : []),
      ...describeUnseen(history),
      ...describeMissing(partitions, 'log'),
      ...(findings.count('maybeProcessed') + unjudgedLooks > 0 ? describeMissing(partitions, 'ledger') : []),
    ],
    passed: `all of them processed first${looks === 0 ? '' : `, at each of ${countOf(looks, 'look')}`}`,
    measurements: {
      committedRecords,
      committedUnprocessedRecords: findings.count('committedUnprocessed'),
      committedTooEarlyRecords: findings.count('committedTooEarly'),
      looks,
      neverCommittedRecords: findings.count('neverCommitted'),
      unjudgedRecords: findings.count('maybeProcessed'),
    },
    evidence: findings.pickEvidence(
      failures.length > 0
        ? ['committedBeyond', 'committedUnprocessed', 'committedTooEarly', 'neverCommitted']
        : ['maybeProcessed'],
    ),
  });
}

/**
 * Looks fail while brokers are away, and then commits do as well. Where most commits went by unseen, nobody can tell
 * whether they were ahead of the receipts.
 *
 * @returns why, in words; empty when enough were seen, or nobody meant to look.
 */
function describeUnseen({ commits, commitSamples }: History): string[] {
  if (commitSamples === undefined) return [];
  const looks = commitSamples.map(({ at }) => at).sort((a, b) => a - b);
  // A position that is committed again is no news, and not looked at again.
  const moving = listMoving(commits);
  const unseen = moving.filter(({ at }) => {
    const next = looks[countLeading(looks.length, (place) => (looks[place] ?? 0) < at - CLOCK_DIFFERENCE_MS)];
    return next === undefined || next > at + SEEN_WITHIN_MS;
  });
  if (unseen.length * 2 <= moving.length) return [];
  return [`nobody looked at the positions after ${String(unseen.length)} of ${countOf(moving.length, 'commit')}`];
}

function listMoving(commits: readonly AcceptedCommit[]): readonly AcceptedCommit[] {
  const positions = new Map<number, number>();
  return commits.filter(({ partition, offset }) => {
    const isMoving = positions.get(partition) !== offset;
    positions.set(partition, offset);
    return isMoving;
  });
}

function findNeverCommitted(
  { records, coverage }: PreparedPartition,
  committed: number,
  findings: Findings<Kind>,
): void {
  for (let index = committed; index < records.length; index += 1) {
    if (coverage.counts[index] !== 0) findings.add('neverCommitted', { record: records[index] });
  }
}

/** What will be stored below such a position is never processed. Records of others may lie beyond the run's end. */
function findBeyond(
  { logRange, ledger, receipts }: PreparedPartition,
  committed: CommittedOffset | undefined,
  findings: Findings<Kind>,
): void {
  if (!logRange || ledger !== 'whole') return;
  const processed = receipts.reduce((furthest, { to }) => Math.max(furthest, to + 1), 0);
  const reached = Math.max(logRange.logEnd, logRange.endBeforeRun, committed?.logEnd ?? 0, processed);
  if ((committed?.committedOffset ?? 0) > reached) findings.add('committedBeyond', { committed, reached });
}

/** @returns how many records of the partition lie below its committed offset. */
function findUnprocessed(
  partition: PreparedPartition,
  committed: CommittedOffset | undefined,
  findings: Findings<Kind>,
): number {
  const { records, coverage } = partition;
  const committedRecords = findIndexFrom(records, committed?.committedOffset ?? 0);
  for (let index = 0; index < committedRecords; index += 1) {
    if (coverage.counts[index] !== 0) continue;
    const kind = partition.ledger === 'whole' ? 'committedUnprocessed' : 'maybeProcessed';
    findings.add(kind, { record: records[index], committed });
  }
  return committedRecords;
}

/** A committed offset of one partition, and where its ledger ended afterwards. */
interface Look {
  readonly at: number;
  readonly partition: number;
  readonly committedOffset: number;
  readonly ledgerEnd: number;
}

function toLooks({ at, partitions }: CommitSample): Look[] {
  return partitions.flatMap(({ partition, committedOffset, ledgerEnd }) =>
    committedOffset === null ? [] : [{ at, partition, committedOffset, ledgerEnd }],
  );
}

/**
 * One pass over the receipts, which stops at the end that each look found.
 *
 * @returns how many looks cannot be judged, because receipts are missing.
 */
function findTooEarly(
  partition: PreparedPartition,
  looks: readonly Look[],
  committedAtEnd: number,
  findings: Findings<Kind>,
): number {
  if (partition.ledger !== 'whole') return looks.length;
  const { records, receipts, coverage } = partition;
  const isCovered = new Uint8Array(records.length);
  let judged = 0;
  let next = 0;
  for (const look of looks.toSorted((a, b) => a.ledgerEnd - b.ledgerEnd)) {
    for (; (receipts[next]?.ledgerOffset ?? Infinity) < look.ledgerEnd; next += 1) {
      cover(isCovered, partition, receipts[next]);
    }
    const committedRecords = findIndexFrom(records, look.committedOffset);
    for (; judged < committedRecords; judged += 1) {
      // What never got a receipt, and is committed at the end, is counted there.
      const isCountedAtEnd = coverage.counts[judged] === 0 && judged < committedAtEnd;
      if (isCovered[judged] === 0 && !isCountedAtEnd) {
        findings.add('committedTooEarly', { record: records[judged], look });
      }
    }
  }
  return 0;
}

function cover(isCovered: Uint8Array, { records }: PreparedPartition, receipt: LedgerEntry | undefined): void {
  if (receipt) isCovered.fill(1, findIndexFrom(records, receipt.from), findIndexFrom(records, receipt.to + 1));
}
