import type { Check } from './check.ts';
import { describeMissing } from './completeness.ts';
import { Findings } from './findings.ts';
import type { Pass, RunContext } from './prepare-run.ts';
import type { Records } from './records.ts';
import { conclude, concludeNothingAsked, type CheckResult } from './verdict.ts';
import { countOf } from '../../lib/wording/wording.ts';

const NAME = 'order-per-key';

type Kind = 'storedLate' | 'keySpread' | 'processedLate';

const FAILURES: Readonly<Record<Kind, (count: number) => string>> = {
  storedLate: (count) => `${countOf(count, 'was', 'were')} stored after a later one of the same producer and key`,
  keySpread: (count) => `${countOf(count, 'time')} a key moved to another partition, where it has no order`,
  processedLate: (count) => `${countOf(count, 'was', 'were')} first processed after a later one of the key`,
};

export const orderPerKey: Check = {
  name: NAME,
  passes: 'records of a key and producer are stored in order, and those of a key processed in order for the first time',
  begin: checkOrderPerKey,
};

/**
 * Records of one producer and key are stored in the order of their numbers, on one partition, and the records of a
 * key are processed in the order of their offsets; records of different keys may be processed in parallel. Only first
 * processing counts: a redelivery repeats what was already in order. A second copy right after the first is the
 * duplicates' matter. Within one receipt no order can be seen.
 */
export function checkOrderPerKey({ operations, readings }: RunContext): Pass<CheckResult> {
  const findings = new Findings<Kind>();
  const stored = new StoredOrder(findings);
  let storedRecords = 0;
  let processedRecords = 0;
  return {
    take({ records, coverage: { counts, overtakings }, ledger }) {
      storedRecords += records.length;
      processedRecords += counts.reduce((sum, count) => sum + (count === 0 ? 0 : 1), 0);
      stored.take(records);
      // What looks like a late first processing may be a redelivery whose first receipt is missing.
      if (ledger !== 'whole') return;
      for (const { overtakenRecords, ...overtaking } of overtakings) {
        findings.add('processedLate', overtaking, overtakenRecords);
      }
    },
    finish() {
      if (operations.length === 0) return concludeNothingAsked(NAME);
      const { pairs } = stored;
      return conclude({
        name: NAME,
        subject: `${countOf(storedRecords, 'record')} of ${countOf(pairs, 'pair of producer and key', 'pairs of producer and key')}`,
        failures: findings.describe(FAILURES),
        doubts: [
          ...(processedRecords === 0 ? ['no receipt covers a record of the run'] : []),
          ...describeMissing(readings, 'log'),
          ...describeMissing(readings, 'ledger'),
        ],
        passed: 'stored and first processed in order',
        measurements: {
          storedRecords,
          processedRecords,
          producersAndKeys: pairs,
          storedLateRecords: findings.count('storedLate'),
          keyMoves: findings.count('keySpread'),
          processedLateRecords: findings.count('processedLate'),
        },
        evidence: findings.pickEvidence(),
      });
    },
  };
}

/** The last record of a producer and key, so far. */
interface Latest {
  partition: number;
  offset: number;
  sequence: number;
}

function show(producer: string, { partition, offset, sequence }: Latest): object {
  return { partition, offset, identity: { producer, sequence } };
}

/** Whether records of one producer and key stand in the order of their numbers, on one partition. */
class StoredOrder {
  readonly #findings: Findings<Kind>;
  /** By producer, then by the number of the key. */
  readonly #latest = new Map<string, Latest[]>();
  /** How many pairs of producer and key there are. */
  pairs = 0;

  constructor(findings: Findings<Kind>) {
    this.#findings = findings;
  }

  take(records: Records): void {
    for (let index = 0; index < records.length; index += 1) {
      const key = records.keyAt(index);
      // Records without a key go to any partition: nothing was promised about their order.
      if (key >= 0) this.#takeRecord(records, index, key);
    }
  }

  #takeRecord(records: Records, index: number, key: number): void {
    const { partition } = records;
    const producer = records.producerAt(index) ?? '';
    const sequence = records.sequenceAt(index);
    const offset = records.offsetAt(index);
    let ofProducer = this.#latest.get(producer);
    if (!ofProducer) this.#latest.set(producer, (ofProducer = []));
    const latest = ofProducer[key];
    if (latest === undefined) {
      ofProducer[key] = { partition, offset, sequence };
      this.pairs += 1;
      return;
    }
    if (latest.partition === partition && sequence < latest.sequence) {
      this.#findings.add('storedLate', { record: records.at(index), after: show(producer, latest) });
      return;
    }
    if (latest.partition !== partition) {
      this.#findings.add('keySpread', { record: records.at(index), before: show(producer, latest) });
    }
    [latest.partition, latest.offset, latest.sequence] = [partition, offset, sequence];
  }
}
