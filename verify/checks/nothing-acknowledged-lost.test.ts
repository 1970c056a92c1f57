import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  buildHistory,
  buildReceipt,
  cutLedger,
  cutLog,
  FIRST_OFFSET,
  NOW,
  planOperations,
  skipOffset,
  withoutCount,
} from '../testing/history-fixture.ts';
import type { History, LedgerEntry, LoggedRecord, Operation, PartitionRange } from './history.ts';
import { checkNothingAcknowledgedLost } from './nothing-acknowledged-lost.ts';
import { correctHistory } from '../testing/plan-fixture.ts';
import { runCheck } from '../testing/run-check-fixture.ts';

const check = (history: History) => runCheck(checkNothingAcknowledgedLost, history);

/** The last operation of every plan is acknowledged. */
function findLastRecord(history: History): LoggedRecord {
  const operation = history.operations.at(-1);
  const record = history.log.find(
    ({ identity }) =>
      identity?.runId === history.runId &&
      identity.producer === operation?.producer &&
      identity.sequence === operation.sequence,
  );
  if (!record) throw new Error('the plan does not end with a stored record');
  return record;
}

function changeRecord(history: History, record: LoggedRecord, changes: Partial<LoggedRecord>): History {
  return { ...history, log: history.log.map((each) => (each === record ? { ...each, ...changes } : each)) };
}

function changeLastOperation(history: History, outcome: Operation['outcome']): History {
  const operations = history.operations.map((operation, index, all) =>
    index === all.length - 1 ? { ...operation, outcome } : operation,
  );
  return { ...history, operations };
}

const defects: Record<string, { breakHistory: (history: History) => History; measurement: string; summary: string }> = {
  'a record is missing in the log': {
    breakHistory: (history) => ({ ...history, log: history.log.filter((each) => each !== findLastRecord(history)) }),
    measurement: 'lostRecords',
    summary: '24 records acknowledged: 1 is not in the log.',
  },
  "another run's record stands where a record should": {
    breakHistory: (history) => {
      const record = findLastRecord(history);
      return changeRecord(history, record, { identity: { runId: 'run-2', producer: 'producer-a', sequence: 23 } });
    },
    measurement: 'lostRecords',
    summary: '24 records acknowledged: 1 is not in the log.',
  },
  'a record stands at another offset than the answer said': {
    breakHistory: (history) => {
      const record = findLastRecord(history);
      const offset = 1000;
      const receipts = history.receipts.map((each) => (each.to === record.offset ? { ...each, to: offset } : each));
      return { ...changeRecord(history, record, { offset }), receipts };
    },
    measurement: 'misplacedRecords',
    summary: '24 records acknowledged: 1 is not where the answer said.',
  },
  'a record stands on another partition than the answer said': {
    breakHistory: (history) => {
      const record = findLastRecord(history);
      const another = history.partitions;
      const { offset } = record;
      const receipts = [
        ...history.receipts,
        buildReceipt({ partition: another, from: offset, to: offset, ledgerOffset: 10 }),
      ];
      const ledgerRange = [...history.ledgerRange, { partition: another, logStart: 10, logEnd: 11, endBeforeRun: 10 }];
      return { ...changeRecord(history, record, { partition: another }), receipts, ledgerRange };
    },
    measurement: 'misplacedRecords',
    summary: '24 records acknowledged: 1 is not where the answer said.',
  },
  'a record without an answer was stored under another key': {
    breakHistory: (history) =>
      changeLastOperation(changeRecord(history, findLastRecord(history), { key: 'another' }), { kind: 'pending' }),
    measurement: 'keyChangedRecords',
    summary: '23 records acknowledged: 1 record stored under another key.',
  },
  'a record has another key': {
    breakHistory: (history) => changeRecord(history, findLastRecord(history), { key: 'another' }),
    measurement: 'keyChangedRecords',
    summary: '24 records acknowledged: 1 record stored under another key.',
  },
  'a record has no receipt': {
    breakHistory: (history) => {
      const { partition, offset } = findLastRecord(history);
      return { ...history, receipts: skipOffset(history.receipts, partition, offset) };
    },
    measurement: 'unprocessedRecords',
    summary: '24 records acknowledged: 1 was acknowledged but not processed.',
  },
  'a receipt is older than its record': {
    breakHistory: (history) => {
      const record = findLastRecord(history);
      const receipt = history.receipts.find((each) => each.partition === record.partition && each.to >= record.offset);
      const storedAt = Date.parse(receipt?.finishedAt ?? '') + 2001;
      return changeRecord(history, record, { storedAt });
    },
    measurement: 'unprocessedRecords',
    summary: '24 records acknowledged: 1 was acknowledged but not processed.',
  },
  'a record was set aside as a dead letter': {
    breakHistory: (history) => {
      const { partition, offset } = findLastRecord(history);
      return { ...history, deadLetters: [{ partition, offset }] };
    },
    measurement: 'setAsideRecords',
    summary: '24 records acknowledged: 1 was set aside as dead letters, though they can be read.',
  },
  'a record was refused but stored': {
    breakHistory: (history) => changeLastOperation(history, { kind: 'fail', code: 'broker-unavailable' }),
    measurement: 'storedThoughRefusedRecords',
    summary: '23 records acknowledged: 1 refused record stored all the same.',
  },
  'a record was stored without an answer and not processed': {
    breakHistory: (history) => {
      const { partition, offset } = findLastRecord(history);
      const receipts = skipOffset(history.receipts, partition, offset);
      return changeLastOperation({ ...history, receipts }, { kind: 'unknown', code: 'outcome-unknown' });
    },
    measurement: 'unacknowledgedUnprocessedRecords',
    summary: '23 records acknowledged: 1 record stored without acknowledgement but not processed.',
  },
};

describe('nothing-acknowledged-lost', () => {
  it('counts what was asked, answered and stored', () => {
    const operations = [
      ...planOperations(5),
      ...planOperations(2, { outcome: 'fail' }),
      ...planOperations(1, { outcome: 'unknown', isStored: true }),
      ...planOperations(1, { outcome: 'unknown', isStored: false }),
      ...planOperations(1, { outcome: 'pending', isStored: false }),
    ];

    const { verdict, measurements, evidence } = check(buildHistory({ operations }));

    expect(verdict).toBe('pass');
    expect(evidence).toEqual([]);
    expect(measurements).toMatchObject({
      askedRecords: 10,
      acknowledgedRecords: 5,
      refusedRecords: 2,
      unansweredRecords: 3,
      storedRecords: 6,
      unjudgedRecords: 0,
    });
  });

  it.each(Object.entries(defects))('fails when %s', (_, { breakHistory, measurement, summary }) => {
    const result = check(breakHistory(buildHistory()));

    expect(result).toMatchObject({ verdict: 'fail', summary });
    expect(result.measurements[measurement]).toBe(1);
    expect(result.evidence).toHaveLength(1);
  });

  it.each(Object.entries(defects))('fails in any run in which %s', (_, { breakHistory }) => {
    fc.assert(fc.property(correctHistory, (history) => expect(check(breakHistory(history)).verdict).toBe('fail')));
  });

  describe('held against the log', () => {
    /** Receipts of three records each, told how to be wrong. */
    const claim = (changes: Partial<LedgerEntry>, history = buildHistory()): History => ({
      ...history,
      receipts: history.receipts.map((receipt, index) => (index === 1 ? { ...receipt, ...changes } : receipt)),
    });
    const withoutCounts = (history: History): History => ({
      ...history,
      receipts: history.receipts.map(withoutCount),
    });

    it.each([
      {
        changes: { records: 1 },
        summary: '24 records acknowledged: 2 records lie within receipts that say they are of fewer.',
        measurements: { leftOutRecords: 2 },
      },
      {
        changes: { records: 4 },
        summary: '24 records acknowledged: 1 receipt is of more records than the log holds as committed.',
        measurements: { wrongReceipts: 1 },
      },
      {
        changes: { digest: '00000000' },
        summary: '24 records acknowledged: 1 receipt is of other records than the log holds.',
        measurements: { wrongReceipts: 1 },
      },
    ])('fails for a receipt with $changes', ({ changes, summary, measurements }) => {
      const history = buildHistory();
      const log = history.log.map((record) => ({ ...record, valueCrc: 7 }));
      const result = check(claim(changes, { ...history, log }));
      expect(result).toMatchObject({ verdict: 'fail', summary, measurements });
      const receipt = expect.objectContaining(changes) as unknown;
      expect(result.evidence).toEqual([{ finding: expect.any(String) as unknown, receipt, loggedRecords: 3 }]);
    });

    it('counts what is left out of receipts that reach into others’ records, too', () => {
      const operations = planOperations(24, { othersBefore: 1 });
      const history = buildHistory({ operations });
      expect(check(history).verdict).toBe('pass');
      expect(check(claim({ records: 2 }, history))).toMatchObject({
        verdict: 'fail',
        measurements: { leftOutRecords: 1 },
      });
    });

    it('does not know whether anything was left out of receipts that say nothing of it', () => {
      const result = check(withoutCounts(buildHistory()));
      expect(result).toMatchObject({
        verdict: 'unknown',
        summary:
          '24 records acknowledged: cannot be judged, because 8 records lie within receipts that do not say how many they are of: give these `records` and `digest`.',
        measurements: { unjudgedRecords: 8 },
      });
      expect(result.evidence[0]).toMatchObject({ finding: 'maybeLeftOut', record: { offset: 11 } });
    });

    it('passes receipts of one record each that say nothing of themselves', () => {
      expect(check(withoutCounts(buildHistory({ receiptLength: 1 }))).verdict).toBe('pass');
    });

    it('says what is wrong for certain, and not what is unknown besides', () => {
      const history = withoutCounts(buildHistory());
      expect(check({ ...history, log: history.log.slice(1) }).summary).toBe(
        '24 records acknowledged: 1 is not in the log.',
      );
    });

    it.each([
      { cleanupPolicy: 'compact,delete', verdict: 'unknown' },
      { cleanupPolicy: undefined, verdict: 'unknown' },
      { cleanupPolicy: 'delete', verdict: 'fail' },
    ])('when the log of a topic with $cleanupPolicy holds fewer records than a receipt, says $verdict', (policy) => {
      const { cleanupPolicy, verdict } = policy;
      const history: History & { cleanupPolicy?: string } = claim({ records: 4 });
      delete history.cleanupPolicy;
      expect(check({ ...history, ...(cleanupPolicy && { cleanupPolicy }) }).verdict).toBe(verdict);
    });

    it('does not know about records of which the receipts reach beyond what was read', () => {
      const history = claim({ from: FIRST_OFFSET + 3, to: 1_000_000, records: 999_000 });
      expect(check(history)).toMatchObject({
        verdict: 'unknown',
        summary: expect.stringContaining('3 records lie within receipts that reach beyond what was read') as unknown,
      });
    });
  });

  it('takes the clocks for 2 s apart, and dead letters of other records for none of its own', () => {
    const history = buildHistory();
    const later = history.log.map((record) => ({ ...record, storedAt: NOW + 2000 }));
    const deadLetters = [{ partition: 0, offset: 1000 }];
    expect(check({ ...history, log: later, deadLetters }).verdict).toBe('pass');
  });

  it('hands over the operation whose record is lost', () => {
    const history = buildHistory();
    const [lost] = history.operations;

    const { evidence } = check({ ...history, log: history.log.slice(1) });

    expect(evidence).toEqual([{ finding: 'lost', operation: lost, logRange: history.logRange[0] }]);
  });

  it('hands over at most ten pieces of evidence, of every kind of failure', () => {
    const history = buildHistory();
    const { partition, offset } = findLastRecord(history);

    const result = check({
      ...history,
      log: history.log.slice(15),
      receipts: skipOffset(history.receipts, partition, offset),
    });

    expect(result.measurements).toMatchObject({ lostRecords: 15, unprocessedRecords: 1 });
    expect(result.evidence).toHaveLength(10);
    expect(result.evidence).toContainEqual({ finding: 'unprocessed', record: findLastRecord(history) });
  });

  it('does not take receipts of another topic for its own', () => {
    const history = buildHistory();
    const receipts = history.receipts.map((receipt, index) =>
      index === 0 ? receipt : { ...receipt, topic: 'another' },
    );
    expect(check({ ...history, receipts })).toMatchObject({
      verdict: 'fail',
      measurements: { unprocessedRecords: 21 },
    });
  });

  it('does not know about records that retention has cut off', () => {
    const result = check(cutLog(buildHistory(), 0, FIRST_OFFSET + 2));

    expect(result).toMatchObject({
      verdict: 'unknown',
      summary:
        '24 records acknowledged: cannot be judged, because retention has cut off the log of partition 0 and 2 records can no longer be looked up.',
      measurements: { unjudgedRecords: 2, lostRecords: 0 },
    });
    expect(result.evidence).toHaveLength(2);
  });

  it('does not know whether a record was processed when its receipt may have been cut off', () => {
    expect(check(cutLedger(buildHistory(), 1, FIRST_OFFSET + 1))).toMatchObject({
      verdict: 'unknown',
      summary:
        '24 records acknowledged: cannot be judged, because retention has cut off the ledger of partition 1 and the receipt of 3 records may be among what is missing.',
      measurements: { unjudgedRecords: 3, unprocessedRecords: 0 },
    });
  });

  it('passes when receipts were cut off but every record still has one', () => {
    const history = buildHistory({ receiptLength: 100, redeliverEvery: 1 });
    expect(check(cutLedger(history, 0, FIRST_OFFSET + 1)).verdict).toBe('pass');
  });

  it('does not know when nothing was acknowledged', () => {
    const operations = planOperations(3, { outcome: 'unknown' });
    expect(check(buildHistory({ operations }))).toMatchObject({
      verdict: 'unknown',
      summary: '0 records acknowledged: cannot be judged, because nothing was acknowledged.',
    });
  });

  it('does not know about a partition that was not read', () => {
    const history = buildHistory();
    const isFirst = ({ partition }: { partition: number }) => partition === 0;
    const unread = {
      ...history,
      log: history.log.filter(isFirst),
      logRange: history.logRange.filter(isFirst),
    };
    expect(check(unread)).toMatchObject({
      verdict: 'unknown',
      measurements: { unjudgedRecords: 12 },
    });
  });

  it.each(['log', 'ledger'] as const)(
    'does not know what stands in a %s that cannot be read, and says where',
    (source) => {
      const history = buildHistory();
      const unreadable = { offset: 12, reason: 'it is damaged' };
      const cut = (range: PartitionRange): PartitionRange => (range.partition === 0 ? { ...range, unreadable } : range);
      const judged = check(
        source === 'log'
          ? {
              ...history,
              logRange: history.logRange.map(cut),
              log: history.log.filter(({ partition }) => partition > 0),
            }
          : { ...history, ledgerRange: history.ledgerRange.map(cut), receipts: [] },
      );
      expect(judged.verdict).toBe('unknown');
      expect(judged.summary).toContain(`the ${source} of partition 0 cannot be read at offset 12: it is damaged`);
    },
  );

  it('does not know about processing when there is no ledger', () => {
    expect(check({ ...buildHistory(), receipts: [], ledgerRange: [] }).verdict).toBe('unknown');
  });

  it('fails for what is lost though other records are cut off', () => {
    const history = cutLog(buildHistory(), 0, FIRST_OFFSET + 2);
    expect(check({ ...history, log: history.log.slice(0, -1) })).toMatchObject({
      verdict: 'fail',
      measurements: { lostRecords: 1 },
    });
  });
});
