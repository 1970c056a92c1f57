import type { Check } from './check.ts';
import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import { describeMissing } from './completeness.ts';
import { Findings } from './findings.ts';
import type { JudgedReceipt } from './forget-unknown-generations.ts';
import { hasBegun, type GroupTimeline } from './group-timeline.ts';
import type { AcceptedCommit, Generation, LedgerEntry, RunFacts } from './history.ts';
import type { Pass, PreparedPartition, RunContext } from './prepare-run.ts';
import { findIndexFrom, type Records } from './records.ts';
import type { Knowledge } from './survey-receipts.ts';
import type { Tenure } from './tenures.ts';
import { conclude, concludeNothingAsked, type CheckResult } from './verdict.ts';
import { countOf } from '../../lib/wording/wording.ts';

const NAME = 'one-owner';

type Failure = 'sharedOwners' | 'nonexistent' | 'notOwner' | 'wentOn' | 'besideNewOwner' | 'commitBack';
type Kind = Failure | 'processedWhileLosing' | 'unknownGeneration';

const FAILURES: Readonly<Record<Failure, (count: number) => string>> = {
  sharedOwners: (count) => `${countOf(count, 'time')} a partition had more than one owner in a generation`,
  nonexistent: (count) => `${countOf(count, 'time')} a partition was owned that does not exist`,
  notOwner: (count) => `${countOf(count, 'time')} a partition was processed by another than the owner`,
  wentOn: (count) =>
    `${countOf(count, 'time')} a member went on with a partition after it was told that it had lost it`,
  besideNewOwner: (count) =>
    `${countOf(count, 'time')} a partition was accounted for by who had given it up, after its new owner had begun`,
  commitBack: (count) => `${countOf(count, 'time')} a committed position went back`,
};

export const oneOwner: Check = {
  name: NAME,
  passes:
    'no partition has two owners in a generation, nobody processes what it does not own; between losing a partition and being told is a redelivery window, after it a member processes none of it and no position goes back',
  begin: checkOneOwner,
};

/**
 * One owner per partition and generation; after a member has been told that it lost a partition it processes none of
 * it, and its commits are refused. What it processes between the loss and the word of it is redelivered, and counted.
 * Who is in the generation in which another got its partition has given that one up before it.
 */
export function checkOneOwner(run: RunContext): Pass<CheckResult> {
  const { history, operations, timeline, knowledge } = run;
  const findings = new Findings<Kind>();
  findWrongOwners(history, findings);
  const isWhole = history.groupReading === 'whole';
  let receipts = 0;
  return {
    take(partition) {
      receipts += partition.receipts.length;
      findCommitsBack(partition.commits, findings);
      if (history.generations.length === 0) return;
      const judging = { partition, timeline, knowledge, isWhole, first: history.generations[0], findings };
      judgeReceipts(judging);
      if (isWhole) findBesideNewOwner(judging);
    },
    finish: () => (operations.length === 0 ? concludeNothingAsked(NAME) : concludeOneOwner(run, receipts, findings)),
  };
}

function concludeOneOwner(
  { history, readings, totals: { commits } }: RunContext,
  receipts: number,
  findings: Findings<Kind>,
): CheckResult {
  const failures = findings.describe(FAILURES);
  return conclude({
    name: NAME,
    subject: `${countOf(receipts, 'receipt')} and ${countOf(commits, 'commit')} in ${countOf(history.generations.length, 'generation')}`,
    failures,
    doubts: [
      ...describeUnknownGroup(history),
      ...(receipts === 0 ? ['no receipt tells who processed anything'] : []),
      ...describeMissing(readings, 'ledger'),
      ...findings.describe({
        unknownGeneration: (count) =>
          `the generation of ${countOf(count, 'receipt')} is not in what is known of the group, so that the times were judged`,
      }),
    ],
    passed:
      'each partition owned once, processed by its owner, and given up by whoever had to give it up; no commit went back',
    measurements: {
      generations: history.generations.length,
      receipts,
      commits,
      sharedPartitions: findings.count('sharedOwners'),
      notOwnersReceipts: findings.count('notOwner'),
      wentOnReceipts: findings.count('wentOn'),
      besideNewOwnerReceipts: findings.count('besideNewOwner'),
      unknownGenerationReceipts: findings.count('unknownGeneration'),
      processedWhileLosingRecords: findings.count('processedWhileLosing'),
      commitsBack: findings.count('commitBack'),
    },
    evidence: findings.pickEvidence(
      failures.length > 0 ? (Object.keys(FAILURES) as Failure[]) : ['unknownGeneration', 'processedWhileLosing'],
    ),
  });
}

function describeUnknownGroup({ groupReading, generations }: RunFacts): string[] {
  if (groupReading === 'unread') return ['the history of the group was not read'];
  if (groupReading === 'cut') return ['the history of the group has a gap'];
  return generations.length === 0 ? ['no generation of the group is known'] : [];
}

function findWrongOwners({ generations, partitions }: RunFacts, findings: Findings<Kind>): void {
  for (const generation of generations) {
    const owned = Map.groupBy(
      generation.members.flatMap((member) => member.partitions),
      (partition) => partition,
    );
    for (const [partition, owners] of owned) {
      if (partition >= partitions) findings.add('nonexistent', { partition, generation });
      if (owners.length > 1) findings.add('sharedOwners', { partition, generation });
    }
  }
}

/** The commit of a member that is too late, accepted all the same, would take the position back. */
function findCommitsBack(commits: readonly AcceptedCommit[], findings: Findings<Kind>): void {
  for (const [index, commit] of commits.entries()) {
    const before = commits[index - 1];
    if (before && commit.offset < before.offset) findings.add('commitBack', { commit, before });
  }
}

interface Judging {
  readonly partition: PreparedPartition;
  readonly timeline: GroupTimeline;
  readonly knowledge: Knowledge;
  /** Whether no generation of the group is missing. */
  readonly isWhole: boolean;
  /** The oldest that is known. */
  readonly first: Generation | undefined;
  readonly findings: Findings<Kind>;
}

function judgeReceipts(judging: Judging): void {
  const { partition, timeline, findings } = judging;
  let holding: Holding | undefined;
  for (const receipt of partition.receipts) {
    const { member, generation } = receipt;
    // Nearly every receipt is of the same member and generation as the one before it.
    if (holding?.member !== member || holding.generation !== generation) {
      holding = findHolding(judging, member, generation);
    }
    if (receipt.unknownGeneration !== undefined) findings.add('unknownGeneration', { receipt });
    if (holding.generation === undefined) {
      judgeByTime(judging, receipt, holding.tenures);
      continue;
    }
    if (!holding.isOwner && timeline.isKnown(holding.generation)) {
      findings.add('notOwner', { receipt, generation: holding.generation });
      continue;
    }
    if (holding.loss) judgeAfterLoss(judging, receipt, holding.loss, holding.toldBy);
  }
}

/** What a receipt's member had of the partition. */
interface Holding {
  readonly member: string;
  readonly generation: number | undefined;
  readonly isOwner: boolean;
  readonly loss: Generation | undefined;
  readonly toldBy: number;
  /** Known for receipts that do not tell their generation. */
  readonly tenures: readonly Tenure[];
}

function findHolding(judging: Judging, member: string, generation: number | undefined): Holding {
  const { partition: run, timeline, knowledge, isWhole, first } = judging;
  if (generation === undefined) {
    const tenures = timeline.findTenures(member, run.partition);
    return { member, generation, isOwner: tenures.length > 0, loss: undefined, toldBy: Infinity, tenures };
  }
  // What is nobody's may have been its own before, in a generation that is not known.
  const isNobodys = (!isWhole || generation === first?.generation) && !timeline.isOwned(run.partition, generation);
  const isOwner = isNobodys || timeline.isOwner(member, run.partition, generation);
  const loss = timeline.findLoss(member, run.partition, generation);
  const toldBy = loss
    ? Math.min(timeline.findToldBy(member, run.partition, loss), findKnownAt(knowledge, member, loss))
    : Infinity;
  return { member, generation, isOwner, loss, toldBy, tenures: [] };
}

/** When the member showed that it knew of a generation that is not older than its loss. */
function findKnownAt(knowledge: Knowledge, member: string, loss: Generation): number {
  const newer = [...(knowledge.get(member) ?? [])].filter(([generation]) => generation >= loss.generation);
  return Math.min(...newer.map(([, finishedAt]) => finishedAt));
}

function judgeAfterLoss(
  { partition: { records }, findings }: Judging,
  receipt: LedgerEntry,
  loss: Generation,
  toldBy: number,
): void {
  const startedAt = Date.parse(receipt.startedAt);
  if (Math.max(startedAt, findLastStored(records, receipt)) > toldBy) {
    findings.add('wentOn', { receipt, lostIn: loss, toldBy });
  } else if (startedAt > loss.at) {
    const processed = findIndexFrom(records, receipt.to + 1) - findIndexFrom(records, receipt.from);
    if (processed > 0) findings.add('processedWhileLosing', { receipt, lostIn: loss, toldBy }, processed);
  }
}

/** Work on a record begins when it is stored, however long ago that on the first of its receipt began. */
function findLastStored(records: Records, { from, to }: LedgerEntry): number {
  const last = findIndexFrom(records, to + 1) - 1;
  const storedAt = last < 0 ? NaN : records.storedAt(last);
  return Number.isNaN(storedAt) || records.offsetAt(last) < from ? -Infinity : storedAt - CLOCK_DIFFERENCE_MS;
}

/** Judges a receipt that does not tell its generation by the times of the group's generations. */
function judgeByTime(judging: Judging, receipt: JudgedReceipt, tenures: readonly Tenure[]): void {
  const { isWhole, first, findings } = judging;
  const startedAt = Date.parse(receipt.startedAt);
  const begun = tenures.filter((tenure) => hasBegun(tenure, receipt));
  // The generation that would tell may be in the gap, or before all that are known.
  const { unknownGeneration = 0 } = receipt;
  const isBefore = unknownGeneration > 0 && unknownGeneration < (first?.generation ?? 0);
  if (begun.length === 0 && isWhole && !isBefore)
    findings.add('notOwner', { receipt, generations: tenures.map(({ from }) => from) });
  const last = begun.at(-1);
  if (!last?.loss) return;
  const isLate = begun.every(({ loss, overBy }) => loss && startedAt > overBy);
  if (isLate && !isWhole) return;
  judgeAfterLoss(judging, receipt, last.loss, isLate ? last.overBy : Infinity);
}

/** Order alone: what was given up in order was accounted for before its new owner began. */
function findBesideNewOwner({ partition: { receipts, records }, timeline, findings }: Judging): void {
  const begun = new Map<Tenure, LedgerEntry>();
  for (const receipt of receipts) {
    const { earliest, latest } = timeline.attribute(receipt);
    const next = latest && timeline.findOrderlySuccessor(latest, Date.parse(receipt.finishedAt));
    const after = next && begun.get(next);
    if (after && findIndexFrom(records, receipt.to + 1) > findIndexFrom(records, receipt.from)) {
      findings.add('besideNewOwner', { receipt, after });
    }
    if (earliest && !begun.has(earliest)) begun.set(earliest, receipt);
  }
}
