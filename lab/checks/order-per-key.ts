import { describeMissing } from './completeness.ts';
import { Findings } from './findings.ts';
import type { PreparedPartition, PreparedRun } from './prepare-run.ts';
import type { RunRecord } from './run.ts';
import { conclude, concludeNothingAsked, type CheckResult } from './verdict.ts';
import { countOf } from './wording.ts';

const NAME = 'order-per-key';

type Kind = 'storedLate' | 'keySpread' | 'processedLate';

const FAILURES: Readonly<Record<Kind, (count: number) => string>> = {
  storedLate: (count) => `${countOf(count, 'was', 'were')} stored after a later one of the same producer and key`,
  keySpread: (count) => `${countOf(count, 'time')} a key moved to another partition, where it has no order`,
  processedLate: (count) => `${countOf(count, 'was', 'were')} first processed after a later one of the key`,
};

/**
 * Records of one producer and key are stored in the order of their numbers, on one partition, and the records of a
 * key are processed in the order of their offsets; records of different keys may be processed in parallel. Only first
 * processing counts: a redelivery repeats what was already in order. A second copy right after the first is the
 * duplicates' matter. Within one receipt no order can be seen.
 */
export function checkOrderPerKey({ history, partitions }: PreparedRun): CheckResult {
  if (history.operations.length === 0) return concludeNothingAsked(NAME);
  const findings = new Findings<Kind>();
  const keys = findStoredOutOfOrder(partitions, findings);
  const { storedRecords, processedRecords } = findProcessedOutOfOrder(partitions, findings);
  return conclude({
    name: NAME,
    subject: `${countOf(storedRecords, 'record')} of ${countOf(keys, 'pair of producer and key', 'pairs of producer and key')}`,
    failures: findings.describe(FAILURES),
    doubts: [
      ...(processedRecords === 0 ? ['no receipt covers a record of the run'] : []),
      ...describeMissing(partitions, 'log'),
      ...describeMissing(partitions, 'ledger'),
    ],
    passed: 'stored and first processed in order',
    measurements: {
      storedRecords,
      processedRecords,
      producersAndKeys: keys,
      storedLateRecords: findings.count('storedLate'),
      keyMoves: findings.count('keySpread'),
      processedLateRecords: findings.count('processedLate'),
    },
    evidence: findings.pickEvidence(),
  });
}

/** @returns how many pairs of producer and key there are. */
function findStoredOutOfOrder(partitions: ReadonlyMap<number, PreparedPartition>, findings: Findings<Kind>): number {
  const latestByProducer = new Map<string, Map<string, RunRecord>>();
  for (const { records } of partitions.values()) {
    for (const record of records) {
      const { key, identity } = record;
      // Records without a key go to any partition: nothing was promised about their order.
      if (key === null) continue;
      let latestByKey = latestByProducer.get(identity.producer);
      if (!latestByKey) latestByProducer.set(identity.producer, (latestByKey = new Map<string, RunRecord>()));
      const latest = latestByKey.get(key);
      if (latest?.partition === record.partition && identity.sequence < latest.identity.sequence) {
        findings.add('storedLate', { record, after: latest });
        continue;
      }
      if (latest && latest.partition !== record.partition) findings.add('keySpread', { record, before: latest });
      latestByKey.set(key, record);
    }
  }
  return [...latestByProducer.values()].reduce((sum, latestByKey) => sum + latestByKey.size, 0);
}

function findProcessedOutOfOrder(
  partitions: ReadonlyMap<number, PreparedPartition>,
  findings: Findings<Kind>,
): { storedRecords: number; processedRecords: number } {
  let storedRecords = 0;
  let processedRecords = 0;
  for (const partition of partitions.values()) {
    const { counts, overtakings } = partition.coverage;
    storedRecords += partition.records.length;
    processedRecords += counts.reduce((sum, count) => sum + (count === 0 ? 0 : 1), 0);
    // What looks like a late first processing may be a redelivery whose first receipt is missing.
    if (partition.ledger !== 'whole') continue;
    for (const { overtakenRecords, ...overtaking } of overtakings) {
      findings.add('processedLate', overtaking, overtakenRecords);
    }
  }
  return { storedRecords, processedRecords };
}
