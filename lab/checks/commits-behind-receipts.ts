import { describeMissing, namePartitions } from './completeness.ts';
import { buildCoverage } from './coverage.ts';
import { Findings } from './findings.ts';
import type { CommittedOffset, History } from './history.ts';
import { buildRun, type PartitionRun } from './run.ts';
import { conclude, concludeNothingAsked, type CheckResult } from './verdict.ts';
import { countOf } from './wording.ts';

const NAME = 'commits-behind-receipts';

type Kind = 'committedUnprocessed' | 'maybeProcessed';

/**
 * Every record of the run below the committed offset has a receipt: nothing was given up as done before
 * it was. It holds while the group works, because committed offsets are read before the receipts.
 */
export function checkCommitsBehindReceipts(history: History): CheckResult {
  if (history.operations.length === 0) return concludeNothingAsked(NAME);
  const run = buildRun(history);
  const committedByPartition = new Map(history.committed.map((committed) => [committed.partition, committed]));
  const findings = new Findings<Kind>();
  let committedRecords = 0;
  for (const partition of run.values()) {
    const committed = committedByPartition.get(partition.partition);
    committedRecords += findUnprocessed(partition, committed, findings);
  }
  const unread = [...run.values()].filter(({ partition }) => !committedByPartition.has(partition));
  const failures = findings.describe({
    committedUnprocessed: (count) => `${countOf(count, 'has', 'have')} no receipt`,
  });
  return conclude({
    name: NAME,
    subject: `${countOf(committedRecords, 'record')} committed`,
    failures,
    doubts: [
      ...(committedRecords === 0 ? ['no record of the run is known to be committed'] : []),
      ...(unread.length > 0 ? [`the committed offset of ${namePartitions(unread)} was not read`] : []),
      ...describeMissing(run, 'log'),
      ...(findings.count('maybeProcessed') > 0 ? describeMissing(run, 'ledger') : []),
    ],
    passed: 'all of them processed first',
    measurements: {
      committedRecords,
      committedUnprocessedRecords: findings.count('committedUnprocessed'),
      unjudgedRecords: findings.count('maybeProcessed'),
    },
    evidence: findings.pickEvidence(failures.length > 0 ? ['committedUnprocessed'] : ['maybeProcessed']),
  });
}

/** @returns how many records of the partition lie below its committed offset. */
function findUnprocessed(
  partition: PartitionRun,
  committed: CommittedOffset | undefined,
  findings: Findings<Kind>,
): number {
  const committedOffset = committed?.committedOffset ?? 0;
  const { counts } = buildCoverage(partition);
  const committedRecords = partition.records.filter(({ offset }) => offset < committedOffset);
  for (const [index, record] of committedRecords.entries()) {
    if (counts[index] !== 0) continue;
    findings.add(partition.ledger === 'whole' ? 'committedUnprocessed' : 'maybeProcessed', { record, committed });
  }
  return committedRecords.length;
}
