import { describeMissing } from './completeness.ts';
import { buildCoverage, type Coverage } from './coverage.ts';
import { EVIDENCE_LIMIT, Findings } from './findings.ts';
import type { History, LedgerEntry } from './history.ts';
import { buildCopiesByIdentity, buildRun, type PartitionRun, type RunRecord } from './run.ts';
import { conclude, concludeNothingAsked, type CheckResult } from './verdict.ts';
import { countOf } from './wording.ts';

const NAME = 'duplicates';

/** How many duplicates are accepted. */
export interface DuplicatesOptions {
  /**
   * Records that may have been processed more than once: at-least-once allows redelivery.
   * @default Infinity: they are counted only
   */
  readonly limit?: number;
}

type Kind = 'storedTwice' | 'processedTwice';

/**
 * No record is stored twice, for an idempotent producer must not; how many were processed twice, that is
 * are covered by more than one receipt, is counted and fails above the limit.
 */
export function checkDuplicates(history: History, { limit = Infinity }: DuplicatesOptions = {}): CheckResult {
  if (history.operations.length === 0) return concludeNothingAsked(NAME);
  const run = buildRun(history);
  const findings = new Findings<Kind>();
  for (const copies of buildCopiesByIdentity(run).repeated()) {
    findings.add('storedTwice', { records: copies }, copies.length - 1);
  }
  let storedRecords = 0;
  let repeatedProcessings = 0;
  for (const partition of run.values()) {
    const coverage = buildCoverage(partition);
    storedRecords += partition.records.length;
    repeatedProcessings += coverage.repeatedProcessings;
    findProcessedTwice(partition, coverage, findings);
  }
  const processedTwice = findings.count('processedTwice');
  const isOverLimit = processedTwice > limit;
  const again = processedTwice === 0 ? 'none processed twice' : `${countOf(processedTwice, 'record')} processed twice`;
  return conclude({
    name: NAME,
    subject: `${countOf(storedRecords, 'record')} stored`,
    failures: [
      ...findings.describe({ storedTwice: (count) => countOf(count, 'is a second copy', 'are second copies') }),
      ...(isOverLimit ? [`${again}, ${String(limit)} accepted`] : []),
    ],
    doubts: [
      ...(storedRecords === 0 ? ['the log holds no record of the run'] : []),
      ...describeMissing(run, 'log'),
      ...describeMissing(run, 'ledger'),
    ],
    passed: `each once, ${again}`,
    measurements: {
      storedRecords,
      storedTwiceRecords: findings.count('storedTwice'),
      processedTwiceRecords: processedTwice,
      repeatedProcessings,
    },
    evidence: pickEvidence(findings, isOverLimit),
  });
}

/** Redeliveries within the limit are shown where nothing worse is: they are what the count counts. */
function pickEvidence(findings: Findings<Kind>, isOverLimit: boolean): readonly unknown[] {
  const isStoredTwiceAlone = findings.count('storedTwice') > 0 && !isOverLimit;
  return findings.pickEvidence(isStoredTwiceAlone ? ['storedTwice'] : ['storedTwice', 'processedTwice']);
}

function findProcessedTwice({ records, receipts }: PartitionRun, { counts }: Coverage, findings: Findings<Kind>): void {
  for (const [index, record] of records.entries()) {
    if (counts[index] !== 2) continue;
    const isShown = findings.count('processedTwice') < EVIDENCE_LIMIT;
    findings.add('processedTwice', isShown ? { record, receipts: findReceiptsOf(record, receipts) } : {});
  }
}

function findReceiptsOf({ offset }: RunRecord, receipts: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return receipts.filter(({ from, to }) => from <= offset && offset <= to).slice(0, EVIDENCE_LIMIT);
}
