import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { History } from './history.ts';
import {
  buildHistory,
  cutLedger,
  cutLog,
  FIRST_OFFSET,
  forgetAnswers,
  planOperations,
} from '../testing/history-fixture.ts';
import { CHECKS, judge } from './judge.ts';
import { correctHistory } from '../testing/plan-fixture.ts';

const partitionAndCut = fc.record({ partition: fc.nat({ max: 3 }), cut: fc.integer({ min: 1, max: 12 }) });

/** What was mostly refused shows little of a scenario, and is right all the same. */
const withoutScenario = (history: History): History => ({ ...history, steps: [] });

describe('judge', () => {
  it('passes a correct history and says so in every check', () => {
    const { verdict, checks } = judge(buildHistory());

    expect(verdict).toBe('pass');
    expect(checks.map(({ name }) => name)).toEqual(
      CHECKS.map(({ name }) => name).filter((name) => !['poison-set-aside', 'static-stayed'].includes(name)),
    );
    expect(checks.map(({ verdict }) => verdict)).toEqual(checks.map(() => 'pass'));
    // A check that comes later is held to its sentences by a test of its own.
    expect(checks.map(({ name, summary }) => [name, summary])).toEqual(
      expect.arrayContaining([
        ['steps-done', '2 steps: all done.'],
        ['nothing-acknowledged-lost', '24 records acknowledged: all in the log where the answer said, and processed.'],
        ['duplicates', '24 records stored: each once, none processed twice.'],
        ['order-per-key', '24 records of 4 pairs of producer and key: stored and first processed in order.'],
        [
          'one-owner',
          '8 receipts and 2 commits in 3 generations: each partition owned once, processed by its owner, and given up by whoever had to give it up; no commit went back.',
        ],
        ['commits-behind-receipts', '24 records committed: all of them processed first.'],
        [
          'balanced',
          '3 assignments of 2 partitions observed: each partition owned once, even within one, idle members as expected.',
        ],
        ['stayed-alive', '3 consumers: none ended unexpectedly.'],
        ['left-in-time', '0 consumers told to end: no consumer had to leave.'],
        ['never-silent', '3 members: none did nothing while records waited in its partitions.'],
        ['within-limits', '1 change: no limit was set; measured at most 2,500 ms to balance.'],
        ['fully-replicated', '3 brokers at the end: all there, and every copy of every partition in sync.'],
      ]),
    );
  });

  it('passes every correct history', () => {
    fc.assert(fc.property(correctHistory, (history) => expect(judge(withoutScenario(history)).verdict).toBe('pass')));
  });

  it('gives the same judgement however the records and receipts were read together', () => {
    fc.assert(
      fc.property(correctHistory, (history) => {
        const shuffled = {
          ...history,
          log: [...history.log, ...history.log].reverse(),
          receipts: [...history.receipts, ...history.receipts].reverse(),
        };
        expect(judge(shuffled)).toEqual(judge(history));
      }),
    );
  });

  it('does not know about a history without operations', () => {
    const { verdict, checks } = judge({ ...buildHistory(), operations: [] });

    expect(verdict).toBe('unknown');
    expect(Object.fromEntries(checks.map(({ name, verdict }) => [name, verdict]))).toMatchObject({
      'steps-done': 'pass',
      balanced: 'pass',
      'stayed-alive': 'pass',
      'left-in-time': 'pass',
      'within-limits': 'pass',
      'fully-replicated': 'pass',
      'nothing-acknowledged-lost': 'unknown',
      duplicates: 'unknown',
      'order-per-key': 'unknown',
      'one-owner': 'unknown',
      'commits-behind-receipts': 'unknown',
      'never-silent': 'unknown',
    });
  });

  it('does not know when every operation was refused', () => {
    const history = buildHistory({ operations: planOperations(5, { outcome: 'fail' }) });
    expect(judge(history).verdict).toBe('unknown');
  });

  it('fails when one check fails and another does not know', () => {
    const history = buildHistory();
    expect(judge({ ...history, assignments: [], log: history.log.slice(1) }).verdict).toBe('fail');
  });

  it('passes a history whose driver died before the last answers', () => {
    fc.assert(
      fc.property(correctHistory, fc.integer({ min: 1, max: 3 }), (history, count) =>
        expect(judge(withoutScenario(forgetAnswers(history, count))).verdict).toBe('pass'),
      ),
    );
  });

  it('never fails a correct history of which the log was cut off, and never passes it', () => {
    fc.assert(
      fc.property(correctHistory, partitionAndCut, (history, { partition, cut }) => {
        const truncated = cutLog(history, partition % history.partitions, FIRST_OFFSET + cut);
        expect(judge(truncated).verdict).toBe('unknown');
      }),
    );
  });

  it('never fails a correct history of which the ledger was cut off, and never passes it', () => {
    fc.assert(
      fc.property(correctHistory, partitionAndCut, (history, { partition, cut }) => {
        const truncated = cutLedger(history, partition % history.partitions, FIRST_OFFSET + cut);
        expect(judge(truncated).verdict).toBe('unknown');
      }),
    );
  });

  it('does not mind when retention has cut off what was there before the run', () => {
    const history = buildHistory();
    const ranges = history.logRange.map((range) => ({ ...range, logStart: 3 }));
    expect(judge({ ...history, logRange: ranges, ledgerRange: ranges }).verdict).toBe('pass');
  });

  it('accepts as many duplicates as the limits say', () => {
    const history = buildHistory({ redeliverEvery: 4 });
    expect(judge({ ...history, limits: { duplicates: 6 } }).verdict).toBe('pass');
    expect(judge({ ...history, limits: { duplicates: 5 } }).verdict).toBe('fail');
  });

  it('looks at what was set aside when there was something to set aside', () => {
    const history = buildHistory();
    const poisons = [{ partition: 0, offset: FIRST_OFFSET }];
    const names = judge({ ...history, poisons, deadLetters: poisons }).checks.map(({ name }) => name);
    expect(names).toContain('poison-set-aside');
    expect(judge({ ...history, poisons }).verdict).not.toBe('pass');
  });

  it('takes as long for each of many operations as for each of few', () => {
    const measureMs = (count: number): number => {
      const history = buildHistory({
        partitions: 6,
        operations: Array.from({ length: count }, (_, index) => ({
          producer: `producer-${String(index % 3)}`,
          keyNumber: index % 240,
          outcome: 'ok',
          isStored: true,
          othersBefore: 0,
        })),
        receiptLength: 50,
        redeliverEvery: 20,
      });
      const before = process.cpuUsage();
      expect(judge(history).verdict).toBe('pass');
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    // What is compiled on the way is paid for before.
    measureMs(20_000);
    // Eight times as many: what looks at all for each would take sixty-four times as long.
    expect(measureMs(240_000) / measureMs(30_000)).toBeLessThan(32);
  });
});

describe('judge on consumers that write no receipts', () => {
  const history = { ...buildHistory(), receipts: [] };

  it('does not know what only receipts can tell, and judges what the group tells', () => {
    const verdictOf = new Map(judge(history).checks.map(({ name, verdict }) => [name, verdict]));
    expect(judge(history).verdict).toBe('unknown');
    expect(verdictOf.get('nothing-acknowledged-lost')).toBe('unknown');
    expect(verdictOf.get('commits-behind-receipts')).toBe('unknown');
    expect(verdictOf.get('balanced')).toBe('pass');
  });

  it('takes a group that never committed for one that processed nothing', () => {
    const silent = {
      ...history,
      commits: [],
      committed: history.committed.map((one) => ({ ...one, committedOffset: null })),
    };
    expect(judge(silent).verdict).toBe('fail');
  });
});

describe('judge on a group that stops committing', () => {
  it('fails when it was given up and had processed more than it committed', () => {
    const history = buildHistory();
    const committed = history.committed.map((one) => ({ ...one, committedOffset: FIRST_OFFSET + 3 }));
    const check = (leftRecords: number) =>
      judge({ ...history, committed, leftRecords }).checks.find(({ name }) => name === 'commits-behind-receipts');
    expect(check(18)).toMatchObject({ verdict: 'fail', measurements: { neverCommittedRecords: 18 } });
    expect(check(0)).toMatchObject({ verdict: 'pass' });
  });
});

describe('judge on a scenario without load', () => {
  const judgeRefused = (from: number, to: number) => {
    const operations = planOperations(100).map((operation, index) =>
      index >= from && index < to ? { ...operation, outcome: 'fail' as const, isStored: false } : operation,
    );
    return judge(buildHistory({ operations })).checks.find(({ name }) => name === 'nothing-acknowledged-lost');
  };

  it('does not know when most of what was asked for was refused, or all of its end', () => {
    expect(judgeRefused(0, 60)).toMatchObject({ verdict: 'unknown' });
    expect(judgeRefused(80, 100)).toMatchObject({ verdict: 'unknown' });
    expect(judgeRefused(40, 70)).toMatchObject({ verdict: 'pass' });
  });
});
