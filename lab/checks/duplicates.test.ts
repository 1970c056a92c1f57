import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkDuplicates } from './duplicates.ts';
import { buildHistory, buildReceipt, cutLedger, cutLog, FIRST_OFFSET } from './history-fixture.ts';
import type { History, LedgerEntry } from './history.ts';
import { correctHistory } from './plan-fixture.ts';

/** Appends the last record once more, in the same or another partition. */
function storeAgain(history: History, partition?: number): History {
  const record = history.log.at(-1);
  if (!record) throw new Error('nothing is stored');
  return { ...history, log: [...history.log, { ...record, partition: partition ?? record.partition, offset: 1000 }] };
}

function processAgain(history: History, place: Pick<LedgerEntry, 'partition' | 'from' | 'to'>): History {
  return { ...history, receipts: [...history.receipts, buildReceipt({ ...place, ledgerOffset: 1000 })] };
}

describe('duplicates', () => {
  it.each([{ partition: 0 }, { partition: 1 }])(
    'fails when a record is stored again on partition $partition',
    (place) => {
      const history = storeAgain(buildHistory(), place.partition);

      const result = checkDuplicates(history);

      expect(result).toMatchObject({
        verdict: 'fail',
        summary: '25 records stored: 1 is a second copy.',
        measurements: { storedTwiceRecords: 1 },
      });
      expect(result.evidence).toHaveLength(1);
      expect(result.evidence[0]).toMatchObject({
        finding: 'storedTwice',
        records: expect.arrayContaining(history.log.slice(-2)),
      });
    },
  );

  it('fails in any run in which a record is stored twice', () => {
    fc.assert(
      fc.property(correctHistory, (history) => expect(checkDuplicates(storeAgain(history)).verdict).toBe('fail')),
    );
  });

  it('counts every copy beyond the first', () => {
    const twice = storeAgain(buildHistory());
    const [copy] = twice.log.slice(-1).map((record) => ({ ...record, offset: 2000 }));
    const log = copy ? [...twice.log, copy] : [];
    expect(checkDuplicates({ ...twice, log }).measurements).toMatchObject({ storedTwiceRecords: 2 });
  });

  it('shows second copies only, when redeliveries are accepted', () => {
    const { evidence } = checkDuplicates(storeAgain(buildHistory({ redeliverEvery: 1 })));
    expect(evidence).toEqual([expect.objectContaining({ finding: 'storedTwice' })]);
  });

  it('counts records that were processed more than once, and shows them, without a limit', () => {
    const again = processAgain(buildHistory(), { partition: 1, from: 12, to: 15 });
    const result = checkDuplicates(processAgain(again, { partition: 1, from: 15, to: 15 }));

    expect(result).toMatchObject({
      verdict: 'pass',
      summary: '24 records stored: each once, 4 records processed twice.',
      measurements: { processedTwiceRecords: 4, repeatedProcessings: 4 },
    });
    expect(result.evidence).toHaveLength(4);
  });

  it('counts every repetition of a record that was processed many times', () => {
    const history = buildHistory({ receiptLength: 1 });
    const receipts = Array.from({ length: 300 }, (_, index) =>
      buildReceipt({ partition: 0, from: 10, to: 10, ledgerOffset: 1000 + index }),
    );
    expect(checkDuplicates({ ...history, receipts: [...history.receipts, ...receipts] }).measurements).toMatchObject({
      processedTwiceRecords: 1,
      repeatedProcessings: 300,
    });
  });

  it.each([
    { limit: 3, verdict: 'fail' },
    { limit: 4, verdict: 'pass' },
  ])('gives $verdict for four records processed twice when $limit are accepted', ({ limit, verdict }) => {
    const history = processAgain(buildHistory(), { partition: 1, from: 12, to: 15 });
    expect(checkDuplicates(history, { limit }).verdict).toBe(verdict);
  });

  it('fails in any run in which a record is processed twice and none may be', () => {
    fc.assert(
      fc.property(correctHistory, (history) => {
        const record = history.log.at(-1);
        const offset = record?.offset ?? 0;
        const again = processAgain(history, { partition: record?.partition ?? 0, from: offset, to: offset });
        expect(checkDuplicates(again, { limit: 0 }).verdict).toBe('fail');
      }),
    );
  });

  it("does not count what was processed twice of other runs' records", () => {
    const history = processAgain(buildHistory(), { partition: 0, from: 0, to: FIRST_OFFSET - 1 });
    expect(checkDuplicates(history, { limit: 0 }).verdict).toBe('pass');
  });

  it.each([
    { what: 'the log was cut off', cut: (history: History) => cutLog(history, 0, FIRST_OFFSET + 1) },
    { what: 'the ledger was cut off', cut: (history: History) => cutLedger(history, 0, FIRST_OFFSET + 1) },
    { what: 'the ledger was not read', cut: (history: History) => ({ ...history, ledgerRange: [] }) },
    { what: 'nothing of the run is in the log', cut: (history: History) => ({ ...history, log: [] }) },
  ])('does not know when $what', ({ cut }) => {
    expect(checkDuplicates(cut(buildHistory())).verdict).toBe('unknown');
  });

  it('fails when more than the limit is left though the ledger was cut off', () => {
    const history = processAgain(buildHistory(), { partition: 1, from: 12, to: 15 });
    expect(checkDuplicates(cutLedger(history, 0, FIRST_OFFSET + 1), { limit: 3 }).verdict).toBe('fail');
  });
});
