import type { Check } from './check.ts';
import { listUnshown } from './compare-with-log.ts';
import { describeMissing, describeUncounted } from './completeness.ts';
import { Findings } from './findings.ts';
import type { PoisonRecord } from './history.ts';
import type { Operations } from './operations.ts';
import type { Pass, PreparedPartition, RunContext } from './prepare-run.ts';
import { findIndexFrom } from './records.ts';
import { rowAt } from './stored-operations.ts';
import { conclude, concludeNothingAsked, type CheckResult } from './verdict.ts';
import { countOf } from '../../lib/wording/wording.ts';

const NAME = 'nothing-acknowledged-lost';

type Failure =
  | 'lost'
  | 'setAside'
  | 'misplaced'
  | 'keyChanged'
  | 'storedThoughRefused'
  | 'unprocessed'
  | 'unacknowledgedUnprocessed'
  | 'leftOut'
  | 'otherRecords'
  | 'moreThanLogged';
type Doubt = 'belowLog' | 'maybeProcessed' | 'maybeLeftOut' | 'beyondRead' | 'maybeCompacted';

const FAILURES: Readonly<Record<Failure, (count: number) => string>> = {
  lost: (count) => `${countOf(count, 'is', 'are')} not in the log`,
  setAside: (count) => `${countOf(count, 'was', 'were')} set aside as dead letters, though they can be read`,
  misplaced: (count) => `${countOf(count, 'is', 'are')} not where the answer said`,
  keyChanged: (count) => `${countOf(count, 'record')} stored under another key`,
  storedThoughRefused: (count) => `${countOf(count, 'refused record')} stored all the same`,
  unprocessed: (count) => `${countOf(count, 'was', 'were')} acknowledged but not processed`,
  unacknowledgedUnprocessed: (count) => `${countOf(count, 'record')} stored without acknowledgement but not processed`,
  leftOut: (count) => `${countOf(count, 'record lies', 'records lie')} within receipts that say they are of fewer`,
  otherRecords: (count) => `${countOf(count, 'receipt is', 'receipts are')} of other records than the log holds`,
  moreThanLogged: (count) =>
    `${countOf(count, 'receipt is', 'receipts are')} of more records than the log holds as committed`,
};

const DOUBTS: Readonly<Record<Doubt, (count: number) => string>> = {
  belowLog: (count) => `${countOf(count, 'record')} can no longer be looked up`,
  maybeProcessed: (count) => `the receipt of ${countOf(count, 'record')} may be among what is missing`,
  maybeLeftOut: (count) =>
    `${countOf(count, 'record lies', 'records lie')} within receipts that do not say how many they are of: give these \`records\` and \`digest\``,
  beyondRead: (count) =>
    `${countOf(count, 'record lies', 'records lie')} within receipts that reach beyond what was read of the log`,
  maybeCompacted: (count) =>
    `${countOf(count, 'receipt is', 'receipts are')} of more records than the log holds, which may have lost some to compaction`,
};

type Kind = Failure | Doubt;

/** Each counts records. */
const UNJUDGED: readonly Doubt[] = ['belowLog', 'maybeProcessed', 'maybeLeftOut', 'beyondRead'];

const LEAST_LAST = 20;

export const nothingAcknowledgedLost: Check = {
  name: NAME,
  passes:
    'what was acknowledged is in the log where the answer said, has a receipt that is not older than itself and of all the records that the log holds there, and is no dead letter; what was refused is not in the log',
  begin: checkNothingAcknowledgedLost,
};

/**
 * What was acknowledged is in the log exactly where the answer said, and has a receipt. What is in the
 * log without an acknowledgement must have a receipt as well; what was refused must not be in the log. A receipt is of
 * all the records that the log holds between its offsets, whoever sent them.
 * The history must be read after the group has caught up: what is still waiting counts as not processed.
 */
export function checkNothingAcknowledgedLost(run: RunContext): Pass<CheckResult> {
  const { history, operations } = run;
  const findings = new Findings<Kind>();
  const deadLetters = Map.groupBy(history.deadLetters, ({ partition }) => partition);
  const mayCompact = history.cleanupPolicy?.includes('compact') ?? true;
  let storedRecords = 0;
  return {
    take(partition) {
      storedRecords += partition.records.length;
      findWrongAnswers(run, partition, findings);
      findUnprocessed(partition, findings);
      findSetAside(partition, deadLetters.get(partition.partition) ?? [], findings);
      findLeftOut(partition, mayCompact, findings);
    },
    finish() {
      if (operations.length === 0) return concludeNothingAsked(NAME);
      findLost(run, findings);
      return concludeLost(run, storedRecords, findings);
    },
  };
}

function concludeLost(run: RunContext, storedRecords: number, findings: Findings<Kind>): CheckResult {
  const { history, operations, readings } = run;
  const acknowledged = operations.count('ok');
  // What the log has lost, receipts may count all the same.
  const isLogTorn = findings.count('lost') + findings.count('misplaced') > 0;
  const { moreThanLogged, ...failures } = FAILURES;
  const { maybeCompacted, ...doubts } = DOUBTS;
  const missing = findings.count('unprocessed') + findings.count('maybeProcessed');
  const uncounted = missing > 0 ? describeUncounted(history.uncounted) : [];
  const described = findings.describe(isLogTorn ? failures : { ...failures, moreThanLogged });
  const doubted = findings.describe(isLogTorn ? doubts : { ...doubts, maybeCompacted });
  const failed = described.length > 0 ? [...described, ...uncounted] : [];
  const missingReceipts = findings.count('maybeProcessed') > 0 ? describeMissing(readings, 'ledger') : [];
  return conclude({
    name: NAME,
    subject: `${countOf(acknowledged, 'record')} acknowledged`,
    failures: failed,
    doubts: [
      ...(acknowledged === 0 ? ['nothing was acknowledged'] : []),
      ...(history.steps.length > 0 ? describeRefused(operations) : []),
      ...describeMissing(readings, 'log'),
      ...missingReceipts,
      ...uncounted,
      ...doubted,
    ],
    passed: 'all in the log where the answer said, and processed',
    measurements: measure(operations, storedRecords, findings, isLogTorn),
    evidence: findings.pickEvidence(
      (failed.length > 0 ? (Object.keys(FAILURES) as Kind[]) : (Object.keys(DOUBTS) as Kind[])).filter(
        (kind) => !isLogTorn || (kind !== 'moreThanLogged' && kind !== 'maybeCompacted'),
      ),
    ),
  });
}

/** A scenario is to happen under load: when most of it was refused, or all of its end, it shows little. */
function describeRefused(operations: Operations): string[] {
  const { length } = operations;
  const acknowledged = operations.count('ok');
  if (acknowledged === 0) return [];
  let [last, lastAcknowledged] = [0, 0];
  for (const row of operations.lastRows((ofProducer) => Math.max(LEAST_LAST, Math.floor(ofProducer / 20)))) {
    last += 1;
    if (operations.kindOf(row) === 'ok') lastAcknowledged += 1;
  }
  const isEndRefused = last >= LEAST_LAST && lastAcknowledged === 0;
  return [
    ...(acknowledged * 2 < length
      ? [`only ${countOf(acknowledged, 'record')} of ${countOf(length, 'record')} sent were acknowledged`]
      : []),
    ...(isEndRefused ? [`none of the last ${countOf(last, 'record')} was acknowledged`] : []),
  ];
}

/** Holds the records of a partition against what was asked for and answered. */
function findWrongAnswers(
  { operations }: RunContext,
  { records, isCopy }: PreparedPartition,
  findings: Findings<Kind>,
): void {
  for (let index = 0; index < records.length; index += 1) {
    const row = rowAt(operations, records, index);
    const kind = operations.kindOf(row);
    if (kind === undefined) continue;
    if (!operations.isKey(row, records.keyAt(index))) {
      findings.add('keyChanged', { operation: operations.at(row), record: records.at(index) });
    }
    if (kind === 'fail' && isCopy[index] === 0) {
      findings.add('storedThoughRefused', { operation: operations.at(row), record: records.at(index) });
    }
  }
}

/** Looks for what was acknowledged and not found where the answer said, after all partitions were seen. */
function findLost({ operations, stored, readings }: RunContext, findings: Findings<Kind>): void {
  if (stored.found === operations.count('ok')) return;
  for (const row of operations.rows()) {
    if (operations.kindOf(row) !== 'ok' || stored.isFound(row)) continue;
    const operation = operations.at(row);
    if (operation.outcome.kind !== 'ok') continue;
    const { partition, offset } = operation.outcome;
    const logRange = readings.get(partition)?.logRange;
    if (!logRange || offset < logRange.logStart) findings.add('belowLog', { operation, logRange });
    else if (stored.isStored(row)) findings.add('misplaced', { operation, record: stored.findStray(row) });
    else findings.add('lost', { operation, logRange });
  }
}

/** Looks up every record of the run in the receipts. */
function findUnprocessed(
  { records, coverage, ledger, isAcknowledged }: PreparedPartition,
  findings: Findings<Kind>,
): void {
  const { counts } = coverage;
  for (let index = counts.indexOf(0); index >= 0; index = counts.indexOf(0, index + 1)) {
    const record = records.at(index);
    if (ledger !== 'whole') findings.add('maybeProcessed', { record });
    else findings.add(isAcknowledged[index] === 1 ? 'unprocessed' : 'unacknowledgedUnprocessed', { record });
  }
}

/** Every record of the run is a message: who sets one aside has not processed it, whatever its receipt says. */
function findSetAside(
  { records }: PreparedPartition,
  deadLetters: readonly PoisonRecord[],
  findings: Findings<Kind>,
): void {
  for (const { offset } of deadLetters) {
    const index = findIndexFrom(records, offset);
    if (records.offsetAt(index) === offset) findings.add('setAside', { record: records.at(index) });
  }
}

/** Holds what receipts say of themselves against the log. */
function findLeftOut(partition: PreparedPartition, mayCompact: boolean, findings: Findings<Kind>): void {
  for (const { receipt, kind, loggedRecords } of partition.comparisons) {
    const evidence = { receipt, loggedRecords };
    if (kind === 'fewer') findings.add('leftOut', evidence, loggedRecords - (receipt.records ?? loggedRecords));
    else if (kind === 'others') findings.add('otherRecords', evidence);
    else if (kind === 'more') findings.add(mayCompact ? 'maybeCompacted' : 'moreThanLogged', evidence);
  }
  for (const { index, comparison } of listUnshown(partition)) {
    const { receipt, kind } = comparison;
    const record = partition.records.at(index);
    if (kind === 'ends') findings.add('maybeLeftOut', { record, receipt });
    // That a log was cut off is said once.
    else if (partition.log === 'whole') findings.add('beyondRead', { record, receipt });
  }
}

function measure(
  operations: Operations,
  storedRecords: number,
  findings: Findings<Kind>,
  isLogTorn: boolean,
): Record<string, number> {
  const [acknowledgedRecords, refusedRecords] = [operations.count('ok'), operations.count('fail')];
  return {
    askedRecords: operations.length,
    acknowledgedRecords,
    refusedRecords,
    unansweredRecords: operations.length - acknowledgedRecords - refusedRecords,
    storedRecords,
    lostRecords: findings.count('lost'),
    setAsideRecords: findings.count('setAside'),
    misplacedRecords: findings.count('misplaced'),
    keyChangedRecords: findings.count('keyChanged'),
    storedThoughRefusedRecords: findings.count('storedThoughRefused'),
    unprocessedRecords: findings.count('unprocessed'),
    unacknowledgedUnprocessedRecords: findings.count('unacknowledgedUnprocessed'),
    leftOutRecords: findings.count('leftOut'),
    wrongReceipts: findings.count('otherRecords') + (isLogTorn ? 0 : findings.count('moreThanLogged')),
    unjudgedRecords: UNJUDGED.reduce((sum, doubt) => sum + findings.count(doubt), 0),
  };
}
