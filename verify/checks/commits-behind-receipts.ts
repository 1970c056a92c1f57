import type { Check } from './check.ts';
import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import { describeMissing, namePartitions } from './completeness.ts';
import { countLeading } from './count-leading.ts';
import { Findings } from './findings.ts';
import type { AcceptedCommit, CommittedOffset, CommitSample, LedgerEntry } from './history.ts';
import type { Pass, PreparedPartition, RunContext } from './prepare-run.ts';
import { findIndexFrom } from './records.ts';
import type { PartitionReading } from './run.ts';
import { conclude, concludeNothingAsked, type CheckResult } from './verdict.ts';
import { countOf } from '../../lib/wording/wording.ts';

const NAME = 'commits-behind-receipts';

type Kind = 'committedBeyond' | 'committedUnprocessed' | 'committedTooEarly' | 'maybeProcessed' | 'neverCommitted';

/** A commit was seen while the group worked when somebody looked at the positions this soon after it. */
const SEEN_WITHIN_MS = 10_000;

export const commitsBehindReceipts: Check = {
  name: NAME,
  passes:
    "whenever the group's positions were looked at, twice a second, all that was committed had its receipt; no position is beyond the log; unknown when no look followed most commits within 10 s",
  begin: checkCommitsBehindReceipts,
};

/**
 * Every record of the run below the committed offset has a receipt: nothing was given up as done before
 * it was. It holds while the group works, at every look, because committed offsets are read before the receipts.
 */
export function checkCommitsBehindReceipts(run: RunContext): Pass<CheckResult> {
  const { history, operations } = run;
  const committedByPartition = new Map(history.committed.map((committed) => [committed.partition, committed]));
  const looksByPartition = Map.groupBy((history.commitSamples ?? []).flatMap(toLooks), ({ partition }) => partition);
  const findings = new Findings<Kind>();
  const unseen = history.commitSamples && new UnseenCommits(history.commitSamples);
  const totals = { committedRecords: 0, unjudgedLooks: 0 };
  return {
    take(partition) {
      const committed = committedByPartition.get(partition.partition);
      const committedHere = findUnprocessed(partition, committed, findings);
      totals.committedRecords += committedHere;
      findBeyond(partition, committed, findings);
      // Given up as silent: what it had processed by then and never committed would be processed by everybody after it.
      if ((history.leftRecords ?? 0) > 0) findNeverCommitted(partition, committedHere, findings);
      const looks = looksByPartition.get(partition.partition) ?? [];
      totals.unjudgedLooks += findTooEarly(partition, looks, committedHere, findings);
      unseen?.take(partition.commits);
    },
    finish() {
      if (operations.length === 0) return concludeNothingAsked(NAME);
      const unread = [...run.readings.values()].filter(({ partition }) => !committedByPartition.has(partition));
      return concludeCommits(run, { ...totals, unread, unseen: unseen?.describe() ?? [] }, findings);
    },
  };
}

interface CommitTotals {
  readonly committedRecords: number;
  readonly unjudgedLooks: number;
  /** Partitions whose committed offset is not known. */
  readonly unread: readonly PartitionReading[];
  /** Why too few commits were looked at, in words. */
  readonly unseen: readonly string[];
}

function concludeCommits(
  { history, readings }: RunContext,
  { committedRecords, unjudgedLooks, unread, unseen }: CommitTotals,
  findings: Findings<Kind>,
): CheckResult {
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
      ...unseen,
      ...describeMissing(readings, 'log'),
      ...(findings.count('maybeProcessed') + unjudgedLooks > 0 ? describeMissing(readings, 'ledger') : []),
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
 */
class UnseenCommits {
  readonly #looks: Float64Array;
  #moving = 0;
  #unseen = 0;

  constructor(samples: readonly CommitSample[]) {
    this.#looks = Float64Array.from(samples, ({ at }) => at).sort();
  }

  /** @param commits of a partition */
  take(commits: readonly AcceptedCommit[]): void {
    const looks = this.#looks;
    for (const [index, { at, offset }] of commits.entries()) {
      // A position that is committed again is no news, and not looked at again.
      if (commits[index - 1]?.offset === offset) continue;
      this.#moving += 1;
      const next = looks[countLeading(looks.length, (place) => (looks[place] ?? 0) < at - CLOCK_DIFFERENCE_MS)];
      if (next === undefined || next > at + SEEN_WITHIN_MS) this.#unseen += 1;
    }
  }

  /** In words; empty when enough were seen. */
  describe(): string[] {
    if (this.#unseen * 2 <= this.#moving) return [];
    return [
      `the committed offsets were not observed after ${String(this.#unseen)} of ${countOf(this.#moving, 'commit')}`,
    ];
  }
}

function findNeverCommitted(
  { records, coverage }: PreparedPartition,
  committed: number,
  findings: Findings<Kind>,
): void {
  for (let index = committed; index < records.length; index += 1) {
    if (coverage.counts[index] !== 0) findings.add('neverCommitted', { record: records.at(index) });
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
    findings.add(kind, { record: records.at(index), committed });
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
        findings.add('committedTooEarly', { record: records.at(judged), look });
      }
    }
  }
  return 0;
}

function cover(isCovered: Uint8Array, { records }: PreparedPartition, receipt: LedgerEntry | undefined): void {
  if (receipt) isCovered.fill(1, findIndexFrom(records, receipt.from), findIndexFrom(records, receipt.to + 1));
}
