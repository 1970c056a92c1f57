import { listUnshown } from './compare-with-log.ts';
import { describeMissing, describeUncounted } from './completeness.ts';
import { Findings } from './findings.ts';
import type { History, Operation } from './history.ts';
import type { PreparedPartition, PreparedRun } from './prepare-run.ts';
import { findIndexFrom, type RunRecord } from './run.ts';
import { conclude, concludeNothingAsked, type CheckResult } from './verdict.ts';
import { countOf } from './wording.ts';

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

/**
 * What was acknowledged is in the log exactly where the answer said, and has a receipt. What is in the
 * log without an acknowledgement must have a receipt as well; what was refused must not be in the log. A receipt is of
 * all the records that the log holds between its offsets, whoever sent them.
 * The history must be read after the group has caught up: what is still waiting counts as not processed.
 */
export function checkNothingAcknowledgedLost(run: PreparedRun): CheckResult {
  const { history, partitions } = run;
  if (history.operations.length === 0) return concludeNothingAsked(NAME);
  const findings = new Findings<Kind>();
  const acknowledged = findInLog(run, findings);
  findUnprocessed(partitions, acknowledged.records, findings);
  findSetAside(run, findings);
  findLeftOut(run, findings);
  const uncounted =
    findings.count('unprocessed') + findings.count('maybeProcessed') > 0 ? describeUncounted(history.uncounted) : [];
  const described = findings.describe(FAILURES);
  const failures = described.length > 0 ? [...described, ...uncounted] : [];
  const missingReceipts = findings.count('maybeProcessed') > 0 ? describeMissing(partitions, 'ledger') : [];
  const doubts = [
    ...(history.steps.length > 0 ? describeRefused(history, acknowledged.operations) : []),
    ...describeMissing(partitions, 'log'),
    ...missingReceipts,
    ...uncounted,
    ...findings.describe(DOUBTS),
  ];
  return conclude({
    name: NAME,
    subject: `${countOf(acknowledged.operations, 'record')} acknowledged`,
    failures,
    doubts: acknowledged.operations === 0 ? ['nothing was acknowledged', ...doubts] : doubts,
    passed: 'all in the log where the answer said, and processed',
    measurements: measure(history, partitions, acknowledged.operations, findings),
    evidence: findings.pickEvidence(
      failures.length > 0 ? (Object.keys(FAILURES) as Failure[]) : (Object.keys(DOUBTS) as Doubt[]),
    ),
  });
}

/** A scenario is to happen under load: when most of it was refused, or all of its end, it shows little. */
function describeRefused({ operations }: History, acknowledged: number): string[] {
  const last = operations.slice(-Math.max(LEAST_LAST, Math.floor(operations.length / 20)));
  const isEndRefused = last.length >= LEAST_LAST && last.every(({ outcome }) => outcome.kind !== 'ok');
  if (acknowledged === 0) return [];
  return [
    ...(acknowledged * 2 < operations.length
      ? [
          `only ${countOf(acknowledged, 'record')} of ${countOf(operations.length, 'record')} asked for were acknowledged`,
        ]
      : []),
    ...(isEndRefused ? [`none of the last ${countOf(last.length, 'record')} was acknowledged`] : []),
  ];
}

interface Acknowledged {
  readonly operations: number;
  readonly records: ReadonlySet<RunRecord>;
}

/** Looks up every operation in the log. */
function findInLog(
  { history, partitions, copies: copiesByIdentity }: PreparedRun,
  findings: Findings<Kind>,
): Acknowledged {
  const records = new Set<RunRecord>();
  let operations = 0;
  for (const operation of history.operations) {
    const copies = copiesByIdentity.find(operation.producer, operation.sequence);
    const otherKey = copies.find(({ key }) => key !== operation.key);
    if (otherKey) findings.add('keyChanged', { operation, record: otherKey });
    switch (operation.outcome.kind) {
      case 'ok': {
        operations += 1;
        const record = findWhereTold(operation, operation.outcome, copies, partitions, findings);
        if (record) records.add(record);
        break;
      }
      case 'fail':
        if (copies[0]) findings.add('storedThoughRefused', { operation, record: copies[0] });
        break;
      case 'unknown':
      case 'pending':
        break;
    }
  }
  return { operations, records };
}

function findWhereTold(
  operation: Operation,
  told: { readonly partition: number; readonly offset: number },
  copies: readonly RunRecord[],
  partitions: ReadonlyMap<number, PreparedPartition>,
  findings: Findings<Kind>,
): RunRecord | undefined {
  const record = copies.find(({ partition, offset }) => partition === told.partition && offset === told.offset);
  if (record) return record;
  const logRange = partitions.get(told.partition)?.logRange;
  if (!logRange || told.offset < logRange.logStart) findings.add('belowLog', { operation, logRange });
  else if (copies[0]) findings.add('misplaced', { operation, record: copies[0] });
  else findings.add('lost', { operation, logRange });
  return undefined;
}

/** Looks up every record of the run in the receipts. */
function findUnprocessed(
  partitions: ReadonlyMap<number, PreparedPartition>,
  acknowledged: ReadonlySet<RunRecord>,
  findings: Findings<Kind>,
): void {
  for (const partition of partitions.values()) {
    for (const [index, record] of partition.records.entries()) {
      if (partition.coverage.counts[index] !== 0) continue;
      if (partition.ledger !== 'whole') findings.add('maybeProcessed', { record });
      else findings.add(acknowledged.has(record) ? 'unprocessed' : 'unacknowledgedUnprocessed', { record });
    }
  }
}

/** Every record of the run is a message: who sets one aside has not processed it, whatever its receipt says. */
function findSetAside({ history: { deadLetters }, partitions }: PreparedRun, findings: Findings<Kind>): void {
  for (const { partition, offset } of deadLetters) {
    const records = partitions.get(partition)?.records ?? [];
    const record = records[findIndexFrom(records, offset)];
    if (record?.offset === offset) findings.add('setAside', { record });
  }
}

/** Holds what receipts say of themselves against the log. */
function findLeftOut({ history, partitions }: PreparedRun, findings: Findings<Kind>): void {
  // What the log has lost, receipts may count all the same.
  const isLogTorn = findings.count('lost') + findings.count('misplaced') > 0;
  const mayCompact = history.cleanupPolicy?.includes('compact') ?? true;
  for (const partition of partitions.values()) {
    for (const { receipt, kind, loggedRecords } of partition.comparisons) {
      const evidence = { receipt, loggedRecords };
      if (kind === 'fewer') findings.add('leftOut', evidence, loggedRecords - (receipt.records ?? loggedRecords));
      else if (kind === 'others') findings.add('otherRecords', evidence);
      else if (kind === 'more' && !isLogTorn) findings.add(mayCompact ? 'maybeCompacted' : 'moreThanLogged', evidence);
    }
    for (const { record, comparison } of listUnshown(partition)) {
      const { receipt, kind } = comparison;
      if (kind === 'ends') findings.add('maybeLeftOut', { record, receipt });
      // That a log was cut off is said once.
      else if (partition.log === 'whole') findings.add('beyondRead', { record, receipt });
    }
  }
}

function measure(
  history: History,
  partitions: ReadonlyMap<number, PreparedPartition>,
  acknowledgedRecords: number,
  findings: Findings<Kind>,
): Record<string, number> {
  const refusedRecords = history.operations.filter(({ outcome }) => outcome.kind === 'fail').length;
  return {
    askedRecords: history.operations.length,
    acknowledgedRecords,
    refusedRecords,
    unansweredRecords: history.operations.length - acknowledgedRecords - refusedRecords,
    storedRecords: [...partitions.values()].reduce((sum, { records }) => sum + records.length, 0),
    lostRecords: findings.count('lost'),
    setAsideRecords: findings.count('setAside'),
    misplacedRecords: findings.count('misplaced'),
    keyChangedRecords: findings.count('keyChanged'),
    storedThoughRefusedRecords: findings.count('storedThoughRefused'),
    unprocessedRecords: findings.count('unprocessed'),
    unacknowledgedUnprocessedRecords: findings.count('unacknowledgedUnprocessed'),
    leftOutRecords: findings.count('leftOut'),
    wrongReceipts: findings.count('otherRecords') + findings.count('moreThanLogged'),
    unjudgedRecords: UNJUDGED.reduce((sum, doubt) => sum + findings.count(doubt), 0),
  };
}
