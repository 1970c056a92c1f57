import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkCommitsBehindReceipts } from './commits-behind-receipts.ts';
import {
  buildHistory,
  buildReceipt,
  cutLedger,
  cutLog,
  FIRST_OFFSET,
  NOW,
  planOperations,
  skipOffset,
} from '../testing/history-fixture.ts';
import type { CommitSample, History } from './history.ts';
import { correctHistory } from '../testing/plan-fixture.ts';
import { runCheck } from '../testing/run-check-fixture.ts';
import { countOf } from '../../lib/wording/wording.ts';

const check = (history: History) => runCheck(checkCommitsBehindReceipts, history);

function commit(history: History, committedOffset: number | null): History {
  return { ...history, committed: history.committed.map((committed) => ({ ...committed, committedOffset })) };
}

describe('commits-behind-receipts', () => {
  it('fails when a record below the committed offset has no receipt', () => {
    const history = buildHistory();

    const result = check({ ...history, receipts: skipOffset(history.receipts, 0, 12) });

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
        expect(check({ ...history, receipts }).verdict).toBe('fail');
      }),
    );
  });

  it('fails when a commit is one record ahead of the receipts, and passes when it is level', () => {
    const history = buildHistory({ partitions: 1, operations: planOperations(10) });
    const receipts = history.receipts.filter(({ to }) => to < 16);

    expect(check(commit({ ...history, receipts }, 16)).verdict).toBe('pass');
    expect(check(commit({ ...history, receipts }, 17)).verdict).toBe('fail');
  });

  it('passes when a position is behind the end of a transaction, which is an offset without a record', () => {
    const history = buildHistory({ partitions: 1, operations: planOperations(10) });
    const end = history.logRange[0]?.logEnd ?? 0;
    const committed = history.committed.map((one) => ({ ...one, committedOffset: end + 1 }));
    const withMarker = committed.map((one) => ({ ...one, logEnd: end + 1 }));

    expect(check({ ...history, committed: withMarker }).verdict).toBe('pass');
    expect(check({ ...history, committed }).verdict).toBe('fail');
  });

  it('passes when receipts reach over offsets without a record', () => {
    const history = buildHistory({ partitions: 1, operations: planOperations(10) });
    // Every other offset is the end of a transaction.
    const spread = (offset: number): number => FIRST_OFFSET + 2 * (offset - FIRST_OFFSET);
    const result = check({
      ...history,
      operations: history.operations.map((one) =>
        one.outcome.kind === 'ok' ? { ...one, outcome: { ...one.outcome, offset: spread(one.outcome.offset) } } : one,
      ),
      log: history.log.map((one) => ({ ...one, offset: spread(one.offset) })),
      receipts: history.receipts.map((one) => ({ ...one, from: spread(one.from), to: spread(one.to) + 1 })),
      logRange: history.logRange.map((one) => ({ ...one, logEnd: spread(one.logEnd) })),
      committed: history.committed.map((one) => ({ ...one, committedOffset: spread(one.committedOffset ?? 0) })),
    });
    expect(result.verdict).toBe('pass');
  });

  it('fails when a position is beyond the log and every receipt, and not when others have written on', () => {
    const history = buildHistory({ partitions: 1, operations: planOperations(10) });
    expect(check(commit(history, 20)).verdict).toBe('pass');
    const beyond = check(commit(history, 21));
    expect(beyond).toMatchObject({
      verdict: 'fail',
      summary: '10 records committed: 1 position is beyond the log and every receipt.',
    });
    expect(beyond.evidence).toEqual([expect.objectContaining({ finding: 'committedBeyond', reached: 20 })]);
    const receipts = [...history.receipts, buildReceipt({ partition: 0, from: 20, to: 20, ledgerOffset: 14 })];
    expect(check(commit({ ...history, receipts }, 21)).verdict).toBe('pass');
  });

  it("leaves other runs' records without receipts out of account", () => {
    const history = buildHistory({ partitions: 1, operations: planOperations(3, { othersBefore: 1 }) });
    const receipts = [10, 12, 14].reduce((kept, offset) => skipOffset(kept, 0, offset), [...history.receipts]);
    expect(check({ ...history, receipts }).verdict).toBe('pass');
  });

  it('does not mind a partition for which nothing was committed', () => {
    const history = buildHistory();
    const committed = history.committed.map((each) =>
      each.partition === 0 ? { ...each, committedOffset: null } : each,
    );
    expect(check({ ...history, committed, receipts: history.receipts.slice(-4) })).toMatchObject({
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
    expect(check(cut(buildHistory())).verdict).toBe('unknown');
  });

  describe('at a look during the run', () => {
    // Ten records at 10 to 19, three a receipt, receipts at 10 to 13.
    const history = buildHistory({ partitions: 1, operations: planOperations(10) });
    const look = (committedOffset: number | null, ledgerEnd: number): CommitSample => ({
      at: NOW + (committedOffset ?? 0),
      partitions: [{ partition: 0, committedOffset, ledgerEnd }],
    });

    it.each([
      { what: 'nothing is committed', samples: [look(null, 10)] },
      {
        what: 'commits are level with the receipts',
        samples: [look(10, 10), look(13, 11), look(16, 12), look(20, 14)],
      },
      { what: 'commits are behind the receipts', samples: [look(10, 14), look(12, 14)] },
      { what: 'the looks are in another order', samples: [look(20, 14), look(13, 11)] },
    ])('passes when $what', ({ samples }) => {
      const result = check({ ...history, commitSamples: samples });
      expect(result.verdict).toBe('pass');
      expect(result.summary).toContain(`at each of ${countOf(samples.length, 'look')}.`);
    });

    it('fails when a commit is ahead of the receipts, though they came later, and counts each record once', () => {
      const commitSamples = [look(13, 11), look(15, 11), look(18, 12)];

      const result = check({ ...history, commitSamples });

      expect(result).toMatchObject({
        verdict: 'fail',
        summary: '10 records committed: 4 were committed before there was a receipt.',
        measurements: { committedTooEarlyRecords: 4, committedUnprocessedRecords: 0, looks: 3 },
      });
      expect(result.evidence).toEqual(
        [
          { offset: 13, at: NOW + 15 },
          { offset: 14, at: NOW + 15 },
          { offset: 16, at: NOW + 18 },
          { offset: 17, at: NOW + 18 },
        ].map(({ offset, at }) => ({
          finding: 'committedTooEarly',
          record: expect.objectContaining({ offset }),
          look: expect.objectContaining({ at }),
        })),
      );
    });

    it('counts what never got a receipt once', () => {
      const receipts = history.receipts.slice(0, 3);
      const commitSamples = [look(20, 13)];
      expect(check({ ...history, receipts, commitSamples }).measurements).toMatchObject({
        committedTooEarlyRecords: 0,
        committedUnprocessedRecords: 1,
      });
      expect(check(commit({ ...history, receipts, commitSamples }, 13)).measurements).toMatchObject({
        committedTooEarlyRecords: 1,
        committedUnprocessedRecords: 0,
      });
    });

    it('does not know when receipts were cut off', () => {
      const cut = commit(cutLedger({ ...history, commitSamples: [look(12, 11)] }, 0, 11), 10);
      expect(check({ ...cut, committed: history.committed }).verdict).toBe('unknown');
    });

    it('does not know when most commits went by unseen', () => {
      const commits = [0, 5000, 30_000].map((after) => ({ partition: 0, offset: 11 + after, at: NOW + after }));
      const lookAt = (...after: number[]): History => ({
        ...history,
        commits,
        commitSamples: after.map((each) => ({ ...look(20, 14), at: NOW + each })),
      });

      expect(check(lookAt())).toMatchObject({
        verdict: 'unknown',
        summary: expect.stringContaining('the committed offsets were not observed after 3 of 3 commits'),
      });
      expect(check(lookAt(40_001)).verdict).toBe('unknown');
      expect(check(lookAt(40_000)).summary).toContain('after 2 of 3 commits');
      expect(check(lookAt(2999)).summary).toContain('after 2 of 3 commits');
      expect(check(lookAt(3000)).verdict).toBe('pass');
    });

    it('does not look again for a position that is committed again', () => {
      const commits = [0, 60_000, 120_000].map((after) => ({ partition: 0, offset: 20, at: NOW + after }));
      expect(check({ ...history, commits, commitSamples: [look(20, 14)] }).verdict).toBe('pass');
    });

    it('fails in any run in which a look found a record committed before its receipt', () => {
      fc.assert(
        fc.property(correctHistory, (history) => {
          const { partition, offset } = history.log.at(-1) ?? { partition: 0, offset: 0 };
          const receipt = history.receipts.find((each) => each.partition === partition && each.to >= offset);
          const ledgerEnd = receipt?.ledgerOffset ?? 0;
          const sample = { at: NOW, partitions: [{ partition, committedOffset: offset + 1, ledgerEnd }] };
          const later = { at: NOW, partitions: [{ partition, committedOffset: offset + 1, ledgerEnd: ledgerEnd + 1 }] };
          expect(check({ ...history, commitSamples: [sample] }).verdict).toBe('fail');
          expect(check({ ...history, commitSamples: [later] }).verdict).toBe('pass');
        }),
      );
    });
  });
});
