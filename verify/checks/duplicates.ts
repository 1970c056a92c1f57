import type { Check } from './check.ts';
import { createCommittedBefore, type CommittedBefore } from './committed-before.ts';
import { describeMissing } from './completeness.ts';
import { EVIDENCE_LIMIT, Findings } from './findings.ts';
import { createHandovers, type Handovers } from './handovers.ts';
import type { LedgerEntry, LoggedRecord, RunFacts } from './history.ts';
import type { Pass, PreparedPartition, RunContext } from './prepare-run.ts';
import { findIndexFrom } from './records.ts';
import { rowAt } from './stored-operations.ts';
import { conclude, concludeNothingAsked, type CheckResult } from './verdict.ts';
import { countOf } from '../../lib/wording/wording.ts';

const NAME = 'duplicates';

type Kind =
  'storedTwice' | 'committedBefore' | 'processedAgain' | 'repeatedInOrder' | 'redelivered' | 'maybeRedelivered';

/** How a record was repeated, worst last: a record counts as the worst of its repetitions. */
const MARKS = [
  undefined,
  'redelivered',
  'maybeRedelivered',
  'repeatedInOrder',
  'processedAgain',
  'committedBefore',
] as const;
type Mark = 0 | 1 | 2 | 3 | 4 | 5;
const REDELIVERED: Mark = 1;
const MAYBE_REDELIVERED: Mark = 2;
const REPEATED_IN_ORDER: Mark = 3;
const PROCESSED_AGAIN: Mark = 4;
const COMMITTED_BEFORE: Mark = 5;

export const duplicates: Check = {
  name: NAME,
  passes:
    'nothing is stored twice; what was processed twice was so after a handover only, not after one in order, was not committed before it, and no more often than the scenario accepts',
  begin: checkDuplicates,
};

/**
 * No record is stored twice, for an idempotent producer must not. A record is processed again only in a redelivery
 * window: after its partition was handed over, which at-least-once allows, and not below the position that it was handed
 * over with; how many were is counted and fails above the limit. What the same generation processed twice was not handed
 * over. Whoever hands a partition over in order has accounted for it and committed, so that nothing is repeated.
 */
export function checkDuplicates(run: RunContext): Pass<CheckResult> {
  const { history, operations, readings, timeline } = run;
  const findings = new Findings<Kind>();
  const handovers = createHandovers(history, timeline);
  const committedBefore = createCommittedBefore(history, timeline);
  const totals = { storedRecords: 0, repeatedProcessings: 0 };
  return {
    take(partition) {
      totals.storedRecords += partition.records.length;
      totals.repeatedProcessings += partition.coverage.repeatedProcessings;
      findCopies(run, partition, findings);
      if (partition.coverage.repeatedProcessings === 0) return;
      findRepeated(partition, handovers, committedBefore(partition.commits), findings);
    },
    finish: () =>
      operations.length === 0 ? concludeNothingAsked(NAME) : concludeDuplicates(history, readings, totals, findings),
  };
}

/** Where the other one is, its answer says, or it is a stray itself. */
function findCopies(
  { operations, stored }: RunContext,
  { isCopy, records }: PreparedPartition,
  findings: Findings<Kind>,
): void {
  for (let index = isCopy.indexOf(1); index >= 0; index = isCopy.indexOf(1, index + 1)) {
    const row = rowAt(operations, records, index);
    const operation = operations.has(row) ? operations.at(row) : undefined;
    findings.add('storedTwice', { record: records.at(index), operation, stray: stored.findStray(row) });
  }
}

function concludeDuplicates(
  { limits: { duplicates: limit = Infinity } }: RunFacts,
  readings: RunContext['readings'],
  { storedRecords, repeatedProcessings }: { readonly storedRecords: number; readonly repeatedProcessings: number },
  findings: Findings<Kind>,
): CheckResult {
  const processedTwice = MARKS.reduce((sum, kind) => sum + (kind ? findings.count(kind) : 0), 0);
  const isOverLimit = processedTwice > limit;
  const again = processedTwice === 0 ? 'none processed twice' : `${countOf(processedTwice, 'record')} processed twice`;
  return conclude({
    name: NAME,
    subject: `${countOf(storedRecords, 'record')} stored`,
    failures: [
      ...findings.describe({
        storedTwice: (count) => countOf(count, 'is a second copy', 'are second copies'),
        committedBefore: (count) =>
          `${countOf(count, 'was', 'were')} processed again though committed before the partition was given to who did it`,
        processedAgain: (count) => `${countOf(count, 'was', 'were')} processed twice without a handover`,
        repeatedInOrder: (count) =>
          `${countOf(count, 'was', 'were')} processed again after a handover in order, before which there was time to commit`,
      }),
      ...(isOverLimit ? [`${again}, ${String(limit)} accepted`] : []),
    ],
    doubts: [
      ...(storedRecords === 0 ? ['the log holds no record of the run'] : []),
      ...describeMissing(readings, 'log'),
      ...describeMissing(readings, 'ledger'),
      ...findings.describe({
        maybeRedelivered: (count) =>
          `whether ${countOf(count, 'record')} processed twice had been handed over is not in what is known of the group`,
      }),
    ],
    passed: `each once, ${again}${processedTwice === 0 ? '' : ', all after a handover'}`,
    measurements: {
      storedRecords,
      storedTwiceRecords: findings.count('storedTwice'),
      processedTwiceRecords: processedTwice,
      redeliveredRecords: findings.count('redelivered'),
      committedBeforeRecords: findings.count('committedBefore'),
      processedAgainRecords: findings.count('processedAgain'),
      repeatedInOrderRecords: findings.count('repeatedInOrder'),
      unjudgedRecords: findings.count('maybeRedelivered'),
      repeatedProcessings,
    },
    evidence: findings.pickEvidence(chooseEvidence(findings, isOverLimit)),
  });
}

/** Redeliveries within the limit are shown where nothing worse is: they are what the count counts. */
function chooseEvidence(findings: Findings<Kind>, isOverLimit: boolean): readonly Kind[] {
  const failed = (['storedTwice', 'committedBefore', 'processedAgain', 'repeatedInOrder'] as const).filter(
    (kind) => findings.count(kind) > 0,
  );
  return failed.length > 0 && !isOverLimit ? failed : [...failed, 'maybeRedelivered', 'redelivered'];
}

function findRepeated(
  partition: PreparedPartition,
  handovers: Handovers,
  committedBefore: CommittedBefore,
  findings: Findings<Kind>,
): void {
  const marks = new Uint8Array(partition.records.length);
  markWithinGenerations(partition, handovers, marks);
  markBetweenReceipts(partition, handovers, committedBefore, marks);
  for (const [index, mark] of marks.entries()) {
    const kind = MARKS[mark as Mark];
    if (kind === undefined) continue;
    if (findings.count(kind) >= EVIDENCE_LIMIT) findings.add(kind, {});
    else {
      const record = partition.records.at(index);
      findings.add(kind, { record, receipts: findReceiptsOf(record, partition.receipts) });
    }
  }
}

/** Marks what one generation processed twice: within a generation nothing is handed over, unless its members changed. */
function markWithinGenerations(
  { records, receipts }: PreparedPartition,
  handovers: Handovers,
  marks: Uint8Array,
): void {
  const numbered = receipts.filter(
    ({ generation }) => generation !== undefined && !handovers.isWrittenAgain(generation),
  );
  const processedBy = new Int32Array(records.length);
  let turn = 0;
  for (const ofGeneration of Map.groupBy(numbered, ({ generation }) => generation).values()) {
    turn += 1;
    for (const { from, to } of ofGeneration) {
      const end = findIndexFrom(records, to + 1);
      for (let index = findIndexFrom(records, from); index < end; index += 1) {
        if (processedBy[index] === turn) marks[index] = PROCESSED_AGAIN;
        processedBy[index] = turn;
      }
    }
  }
}

/** Marks what a receipt covers that an earlier one in the ledger covered. */
function markBetweenReceipts(
  { records, receipts }: PreparedPartition,
  handovers: Handovers,
  committedBefore: CommittedBefore,
  marks: Uint8Array,
): void {
  // The place, from 1, of the receipt that covered the record last.
  const coveredBy = new Int32Array(records.length);
  for (const [place, receipt] of receipts.entries()) {
    const end = findIndexFrom(records, receipt.to + 1);
    let before = 0;
    let mark: Mark = 0;
    /** Where the work began, at least; looked up when something is there twice. */
    let begin: number | undefined;
    for (let index = findIndexFrom(records, receipt.from); index < end; index += 1) {
      const covering = coveredBy[index] ?? 0;
      coveredBy[index] = place + 1;
      if (covering === 0) continue;
      if (covering !== before) mark = decideMark(receipts[covering - 1], receipt, handovers);
      before = covering;
      begin ??= findIndexFrom(records, committedBefore(receipt));
      marks[index] = Math.max(marks[index] ?? 0, index < begin ? COMMITTED_BEFORE : mark);
    }
  }
}

function decideMark(earlier: LedgerEntry | undefined, later: LedgerEntry, handovers: Handovers): Mark {
  // A lower generation that comes later is a member that is late: whether it may be so is the owners' matter.
  if (earlier === undefined) return REDELIVERED;
  const areNumbered = earlier.generation !== undefined && later.generation !== undefined;
  // Twice within one generation is marked already, where its members did not change.
  const isHandedOver = (areNumbered && earlier.generation !== later.generation) || handovers.isBetween(earlier, later);
  if (isHandedOver) return handovers.isInOrder(earlier, later) ? REPEATED_IN_ORDER : REDELIVERED;
  return handovers.areAllKnown ? PROCESSED_AGAIN : MAYBE_REDELIVERED;
}

function findReceiptsOf({ offset }: LoggedRecord, receipts: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return receipts.filter(({ from, to }) => from <= offset && offset <= to).slice(0, EVIDENCE_LIMIT);
}
