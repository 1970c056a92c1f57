import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkCommitsBehindReceipts } from './commits-behind-receipts.ts';
import { buildHistory, cutLedger, cutLog, FIRST_OFFSET, planOperations, skipOffset } from './history-fixture.ts';
import type { History } from './history.ts';
import { correctHistory } from './plan-fixture.ts';

function commit(history: History, committedOffset: number | null): History {
  return { ...history, committed: history.committed.map((committed) => ({ ...committed, committedOffset })) };
}

describe('commits-behind-receipts', () => {
  it('fails when a record below the committed offset has no receipt', () => {
    const history = buildHistory();

    const result = checkCommitsBehindReceipts({ ...history, receipts: skipOffset(history.receipts, 0, 12) });

    expect(result).toMatchObject({ verdict: 'fail', summary: '24 records committed: 1 has no receipt.' });
    expect(result.evidence).toEqual([
      {
        finding: 'committedUnprocessed',
        record: history.log.find(({ partition, offset }) => partition === 0 && offset === 12),
        committed: history.committed[0],
      },
    ]);
  });

  it('fails in any run in which a committed record has no receipt', () => {
    fc.assert(
      fc.property(correctHistory, (history) => {
        const { partition, offset } = history.log.at(-1) ?? { partition: 0, offset: 0 };
        const receipts = skipOffset(history.receipts, partition, offset);
        expect(checkCommitsBehindReceipts({ ...history, receipts }).verdict).toBe('fail');
      }),
    );
  });

  it('fails when a commit is one record ahead of the receipts, and passes when it is level', () => {
    const history = buildHistory({ partitions: 1, operations: planOperations(10) });
    const receipts = history.receipts.filter(({ to }) => to < 16);

    expect(checkCommitsBehindReceipts(commit({ ...history, receipts }, 16)).verdict).toBe('pass');
    expect(checkCommitsBehindReceipts(commit({ ...history, receipts }, 17)).verdict).toBe('fail');
  });

  it("leaves other runs' records without receipts out of account", () => {
    const history = buildHistory({ partitions: 1, operations: planOperations(3, { othersBefore: 1 }) });
    const receipts = [10, 12, 14].reduce((kept, offset) => skipOffset(kept, 0, offset), [...history.receipts]);
    expect(checkCommitsBehindReceipts({ ...history, receipts }).verdict).toBe('pass');
  });

  it('does not mind a partition for which nothing was committed', () => {
    const history = buildHistory();
    const committed = history.committed.map((each) =>
      each.partition === 0 ? { ...each, committedOffset: null } : each,
    );
    expect(checkCommitsBehindReceipts({ ...history, committed, receipts: history.receipts.slice(-4) })).toMatchObject({
      verdict: 'pass',
      measurements: { committedRecords: 12 },
    });
  });

  it.each([
    { what: 'nothing was committed', cut: (history: History) => commit(history, null) },
    { what: 'the run has not been reached', cut: (history: History) => commit(history, FIRST_OFFSET) },
    {
      what: 'the committed offset of a partition was not read',
      cut: (history: History) => ({ ...history, committed: history.committed.slice(1) }),
    },
    { what: 'the log was cut off', cut: (history: History) => cutLog(history, 0, FIRST_OFFSET + 1) },
    { what: 'receipts were cut off', cut: (history: History) => cutLedger(history, 0, FIRST_OFFSET + 1) },
    {
      what: 'the ledger was not read',
      cut: (history: History) => ({ ...history, receipts: [], ledgerRange: [] }),
    },
  ])('does not know when $what', ({ cut }) => {
    expect(checkCommitsBehindReceipts(cut(buildHistory())).verdict).toBe('unknown');
  });
});
