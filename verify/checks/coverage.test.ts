import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildCoverage } from './coverage.ts';
import { buildReceipt, RUN_ID } from '../testing/history-fixture.ts';
import { Names } from './names.ts';
import { toRecords, type Records } from './records.ts';

function buildRecords(offsets: readonly number[], keys: readonly (string | null)[] = ['a']): Records {
  const records = offsets.map((offset, sequence) => ({
    partition: 0,
    offset,
    key: keys[sequence % keys.length] ?? null,
    identity: { runId: RUN_ID, producer: 'producer-a', sequence },
  }));
  return toRecords(0, new Names(), records);
}

const ranges = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 8 })), { maxLength: 20 });
const offsets = fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 30 }).map((each) => each.sort((a, b) => a - b));
const keys = fc.array(fc.constantFrom('a', 'b', null), { minLength: 1, maxLength: 7 });

describe('buildCoverage', () => {
  it('counts a record in every receipt that contains its offset, as plain counting does', () => {
    fc.assert(
      fc.property(offsets, ranges, (offsets, ranges) => {
        const receipts = ranges.map(([from, length], ledgerOffset) =>
          buildReceipt({ partition: 0, from, to: from + length, ledgerOffset }),
        );
        const plain = offsets.map((offset) => receipts.filter(({ from, to }) => from <= offset && offset <= to).length);

        const { counts, repeatedProcessings } = buildCoverage({ records: buildRecords(offsets), receipts });

        expect([...counts]).toEqual(plain.map((count) => Math.min(count, 2)));
        expect(repeatedProcessings).toBe(plain.reduce((sum, count) => sum + Math.max(0, count - 1), 0));
      }),
    );
  });

  it('finds a record late exactly when a later one of its key has a receipt before its first', () => {
    fc.assert(
      fc.property(offsets, ranges, keys, (offsets, ranges, keys) => {
        const records = buildRecords(offsets, keys);
        const receipts = ranges.map(([from, length], ledgerOffset) =>
          buildReceipt({ partition: 0, from, to: from + length, ledgerOffset }),
        );
        const firsts = offsets.map((offset) => receipts.findIndex(({ from, to }) => from <= offset && offset <= to));
        const late = firsts.filter((first, index) =>
          [...records].some(
            ({ key }, other) =>
              other > index &&
              key !== null &&
              key === records.at(index).key &&
              (firsts[other] ?? -1) >= 0 &&
              (firsts[other] ?? -1) < first,
          ),
        );

        const { overtakings } = buildCoverage({ records, receipts });

        expect(overtakings.reduce((sum, { overtakenRecords }) => sum + overtakenRecords, 0)).toBe(late.length);
      }),
    );
  });

  it('needs no more memory for a receipt that reaches beyond any log', () => {
    const receipts = [buildReceipt({ partition: 0, from: 0, to: Number.MAX_SAFE_INTEGER, ledgerOffset: 0 })];
    expect([...buildCoverage({ records: buildRecords([3, 1_000_000_000_000]), receipts }).counts]).toEqual([1, 1]);
  });
});
