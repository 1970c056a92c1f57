import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  buildHistory,
  buildReceipt,
  cutLedger,
  cutLog,
  FIRST_OFFSET,
  planOperations,
  RUN_ID,
} from '../testing/history-fixture.ts';
import type { History, LedgerEntry, LoggedRecord } from './history.ts';
import { checkOrderPerKey } from './order-per-key.ts';
import { correctHistory } from '../testing/plan-fixture.ts';
import { runCheck } from '../testing/run-check-fixture.ts';

const check = (history: History) => runCheck(checkOrderPerKey, history);

/** Exchanges the places of the last two records of one producer and key. */
function storeInWrongOrder(history: History): History {
  const key = history.operations.at(-1)?.key;
  const isOfPair = ({ identity, ...record }: LoggedRecord) =>
    identity?.runId === history.runId && identity.producer === 'producer-a' && record.key === key;
  const [first, second] = history.log.filter(isOfPair).slice(-2);
  if (!first?.identity || !second?.identity) throw new Error('the plan has no two records of one key');
  const swapped = new Map([
    [first, { ...first, identity: second.identity }],
    [second, { ...second, identity: first.identity }],
  ]);
  return { ...history, log: history.log.map((record) => swapped.get(record) ?? record) };
}

/** The ledger of one partition in another order of appending. */
function appendReceipts(receipts: readonly Pick<LedgerEntry, 'from' | 'to'>[]): LedgerEntry[] {
  return receipts.map(({ from, to }, index) => buildReceipt({ partition: 0, from, to, ledgerOffset: 10 + index }));
}

/** Of one key, so that all of them have an order. */
const tenOnOnePartition = { partitions: 1, operations: planOperations(10, { keyNumber: 0 }) };

describe('order-per-key', () => {
  it('fails when two records of one key are stored in the wrong order', () => {
    const history = storeInWrongOrder(buildHistory());

    const result = check(history);

    expect(result).toMatchObject({
      verdict: 'fail',
      summary:
        '24 records of 4 pairs of producer and key: 1 was stored after a later one of the same producer and key.',
    });
    expect(result.evidence).toMatchObject([
      { finding: 'storedLate', record: { identity: { sequence: 19 } }, after: { identity: { sequence: 23 } } },
    ]);
  });

  it('fails in any run in which two records of one key are stored in the wrong order', () => {
    fc.assert(fc.property(correctHistory, (history) => expect(check(storeInWrongOrder(history)).verdict).toBe('fail')));
  });

  const storedSequences = [
    { sequences: [0, 1, 2, 3], lateRecords: 0 },
    { sequences: [0, 3, 1, 2], lateRecords: 2 },
    { sequences: [0, 1, 1, 2], lateRecords: 0 },
    { sequences: [0, 1, 0, 2], lateRecords: 1 },
  ];

  it.each(storedSequences)('finds $lateRecords late in the log $sequences', ({ sequences, lateRecords }) => {
    const history = buildHistory({ operations: planOperations(4, { keyNumber: 0 }) });
    const log = history.log.map((record, index) => {
      const identity = { runId: RUN_ID, producer: 'producer-a', sequence: sequences[index] ?? 0 };
      return { ...record, identity };
    });
    expect(check({ ...history, log })).toMatchObject({
      verdict: lateRecords === 0 ? 'pass' : 'fail',
      measurements: { storedLateRecords: lateRecords },
    });
  });

  it('fails when a key moves to another partition', () => {
    const history = buildHistory();
    const log = history.log.map((record) => (record === history.log.at(-1) ? { ...record, partition: 0 } : record));
    expect(check({ ...history, log })).toMatchObject({ verdict: 'fail', measurements: { keyMoves: 1 } });
  });

  it('leaves records of different producers of one key in any order', () => {
    const operations = [...planOperations(4, { keyNumber: 0 }), ...planOperations(4, { producer: 'b', keyNumber: 0 })];
    expect(check(buildHistory({ operations })).verdict).toBe('pass');
  });

  it('leaves records without a key in any order', () => {
    const history = storeInWrongOrder(buildHistory());
    const log = history.log.map((record) => ({ ...record, key: null }));
    expect(check({ ...history, log })).toMatchObject({
      verdict: 'pass',
      measurements: { producersAndKeys: 0 },
    });
  });

  const ledgers = [
    {
      what: 'one receipt after the other',
      receipts: [
        { from: 10, to: 14 },
        { from: 15, to: 19 },
      ],
      lateRecords: 0,
    },
    {
      what: 'a redelivery of what was already processed, and then what follows',
      receipts: [
        { from: 10, to: 16 },
        { from: 12, to: 18 },
        { from: 10, to: 19 },
      ],
      lateRecords: 0,
    },
    {
      what: 'a late receipt of a fenced member for what another has processed since',
      receipts: [
        { from: 10, to: 12 },
        { from: 13, to: 19 },
        { from: 13, to: 15 },
      ],
      lateRecords: 0,
    },
    {
      what: 'a gap that is never processed',
      receipts: [
        { from: 10, to: 12 },
        { from: 16, to: 19 },
      ],
      lateRecords: 0,
    },
    {
      what: 'the second half before the first',
      receipts: [
        { from: 15, to: 19 },
        { from: 10, to: 14 },
      ],
      lateRecords: 5,
    },
    {
      what: 'a gap that is filled later',
      receipts: [
        { from: 10, to: 12 },
        { from: 16, to: 17 },
        { from: 12, to: 19 },
      ],
      lateRecords: 3,
    },
  ];

  it.each(ledgers)('finds $lateRecords records late in $what', ({ receipts, lateRecords }) => {
    const history = { ...buildHistory(tenOnOnePartition), receipts: appendReceipts(receipts) };
    const result = check(history);

    expect(result.verdict).toBe(lateRecords === 0 ? 'pass' : 'fail');
    expect(result.measurements['processedLateRecords']).toBe(lateRecords);
  });

  it('hands over the first late record, its receipt and the one that overtook it', () => {
    const receipts = appendReceipts([
      { from: 15, to: 19 },
      { from: 10, to: 14 },
    ]);
    const history = { ...buildHistory(tenOnOnePartition), receipts };
    expect(check(history).evidence).toEqual([
      { finding: 'processedLate', record: history.log[0], receipt: receipts[1], overtakenBy: receipts[0] },
    ]);
  });

  describe('of a consumer that works in parallel by key, with a receipt for each record', () => {
    const [first, second] = ['key-0', 'key-1'];
    const onTwoKeys = buildHistory({
      partitions: 1,
      operations: planOperations(6).map((each, index) => ({ ...each, keyNumber: index % 2 })),
    });
    const process = (offsets: readonly number[], history = onTwoKeys): History => ({
      ...history,
      receipts: appendReceipts(offsets.map((offset) => ({ from: offset, to: offset }))),
    });

    it('passes when one key is slower than another', () => {
      expect(onTwoKeys.log.map(({ key }) => key)).toEqual([first, second, first, second, first, second]);
      expect(check(process([10, 12, 14, 11, 13, 15])).verdict).toBe('pass');
    });

    it('fails when records of one key are processed in the wrong order', () => {
      const result = check(process([10, 14, 11, 12, 13, 15]));
      expect(result.verdict).toBe('fail');
      expect(result.summary).toContain('1 was first processed after a later one of the key.');
      expect(result.evidence).toMatchObject([
        { record: { offset: 12 }, receipt: { from: 12 }, overtakenBy: { from: 14 } },
      ]);
    });

    it('asks for no order of records without a key', () => {
      const log = onTwoKeys.log.map((record) => ({ ...record, key: null }));
      expect(check(process([15, 14, 13, 12, 11, 10], { ...onTwoKeys, log })).verdict).toBe('pass');
    });
  });

  it('fails in any run in which two first receipts of the run change places', () => {
    // Four records of any run are of one producer and key.
    const onePerReceipt = correctHistory.filter(({ receipts }) => receipts.every(({ from, to }) => from === to));
    fc.assert(
      fc.property(onePerReceipt, (history) => {
        const places = history.receipts.map(({ ledgerOffset }) => ledgerOffset);
        const reversed = history.receipts.map((receipt) => ({
          ...receipt,
          ledgerOffset: Math.max(...places) + FIRST_OFFSET - receipt.ledgerOffset,
        }));
        expect(check({ ...history, receipts: reversed }).verdict).toBe('fail');
      }),
      { numRuns: 30 },
    );
  });

  it('leaves what other runs and gaps do between the receipts out of account', () => {
    const history = buildHistory({ partitions: 1, operations: planOperations(10, { othersBefore: 2, keyNumber: 0 }) });
    // Every third offset is the run's: 12, 15, …
    const receipts = appendReceipts([
      { from: 12, to: 12 },
      { from: 15, to: 39 },
      { from: 13, to: 14 },
      { from: 10, to: 11 },
    ]);
    expect(check({ ...history, receipts }).verdict).toBe('pass');
  });

  it.each([
    { what: 'the log was cut off', cut: (history: History) => cutLog(history, 0, FIRST_OFFSET + 1) },
    { what: 'the ledger was cut off', cut: (history: History) => cutLedger(history, 0, FIRST_OFFSET + 1) },
    { what: 'no receipt is there', cut: (history: History) => ({ ...history, receipts: [] }) },
    { what: 'nothing of the run is in the log', cut: (history: History) => ({ ...history, log: [] }) },
  ])('does not know when $what', ({ cut }) => {
    expect(check(cut(buildHistory())).verdict).toBe('unknown');
  });

  it('does not take a redelivery for a late first processing when the first receipt was cut off', () => {
    const receipts = appendReceipts([
      { from: 10, to: 14 },
      { from: 15, to: 19 },
      { from: 10, to: 19 },
    ]);
    const history = { ...buildHistory(tenOnOnePartition), receipts };
    expect(check(cutLedger(history, 0, 11))).toMatchObject({
      verdict: 'unknown',
      measurements: { processedLateRecords: 0 },
    });
  });
});
