import { describe, expect, it } from '@jest/globals';
import { buildHistory, buildStep, cutLedger, NOW, planOperations } from '../testing/history-fixture.ts';
import type { History, Limits } from './history.ts';
import { prepareRun } from './prepare-run.ts';
import { measureRun } from './measure-run.ts';
import { checkWithinLimits } from './within-limits.ts';

const check = (history: History) => {
  const run = prepareRun(history);
  return checkWithinLimits(run, measureRun(run));
};

/** 20 s of ten records a second; what is sent from 5 s on waits to 8 s. A change at 4 s takes 2.5 s to balance. */
function buildLimited(limits: Limits, changes: Partial<History> = {}): History {
  const history = buildHistory({ partitions: 1, operations: planOperations(200), receiptLength: 1 });
  const steps = [
    buildStep({ index: 0, kind: 'scale', text: 'scale consumer to 3', startedAt: NOW + 4000 }),
    buildStep({
      index: 1,
      kind: 'wait-balanced',
      text: 'balanced',
      startedAt: NOW + 4000,
      endedAt: NOW + 20_000,
      balanceMs: 2500,
    }),
  ];
  return {
    ...history,
    operations: history.operations.map((each, index) => ({ ...each, invokedAt: NOW + index * 100 })),
    receipts: history.receipts.map((each, index) => {
      const time = new Date(NOW + (index >= 50 && index < 80 ? 8000 : index * 100 + 10)).toISOString();
      return { ...each, startedAt: time, finishedAt: time };
    }),
    steps,
    limits,
    ...changes,
  };
}

describe('within-limits', () => {
  it('tells what was measured when no limit was set', () => {
    expect(check(buildLimited({}))).toMatchObject({
      verdict: 'pass',
      summary:
        '1 change: no limit was set; measured at most 2,500 ms to balance, a pause of 3,000 ms and a dip of 0 %.',
      measurements: { changes: 1, longestBalanceMs: 2500, longestPauseMs: 3000, largestDip: 0 },
    });
  });

  it('passes what is at its limits', () => {
    expect(check(buildLimited({ balanceMs: 2500, pauseMs: 3000, dip: 0 }))).toMatchObject({
      verdict: 'pass',
      summary:
        '1 change: all within the limits; measured at most 2,500 ms to balance, a pause of 3,000 ms and a dip of 0 %.',
    });
  });

  it('fails when a step took too long to balance, and tells which', () => {
    const history = buildLimited({ balanceMs: 2499 });
    expect(check(history)).toMatchObject({
      verdict: 'fail',
      summary: '1 change: 1 took longer to balance than 2,499 ms, 2,500 ms at most.',
      evidence: [{ finding: 'lateBalance', step: history.steps[0], balanceMs: 2500 }],
    });
  });

  it('fails when a partition paused too long, and tells which, once', () => {
    const history = buildLimited({ pauseMs: 2999 });
    const next = buildStep({ index: 2, kind: 'kill', text: 'kill', startedAt: NOW + 7000, endedAt: NOW + 20_000 });
    expect(check({ ...history, steps: [...history.steps, next] })).toMatchObject({
      verdict: 'fail',
      summary: '2 changes: 1 pause was longer than 2,999 ms, 3,000 ms at most.',
      evidence: [
        {
          finding: 'longPause',
          step: 'scale consumer to 3',
          partition: 0,
          from: NOW + 5000,
          to: NOW + 8000,
          pauseMs: 3000,
        },
      ],
    });
  });

  it('fails when too much of the throughput was missing', () => {
    const history = buildLimited({ dip: 0.25 });
    const late = history.receipts.map((each) => {
      const ms = Date.parse(each.startedAt) - NOW;
      const time = new Date(NOW + (ms > 10_000 && ms < 14_000 ? 14_000 : ms)).toISOString();
      return { ...each, startedAt: time, finishedAt: time };
    });
    const result = check({ ...history, receipts: late });
    expect(result.verdict).toBe('fail');
    expect(result.summary).toMatch(/^1 change: [\d.]+ % of the throughput were missing, 25 % accepted\.$/);
    expect(result.evidence).toEqual([{ finding: 'deepDip', dip: expect.objectContaining({ to: NOW + 14_000 }) }]);
  });

  it.each([
    { what: 'nobody waited for balance', history: buildLimited({ balanceMs: 1 }, { steps: [] }) },
    { what: 'nothing was changed', history: buildLimited({ pauseMs: 1 }, { steps: [] }) },
    { what: 'no receipts were read', history: buildLimited({ pauseMs: 1 }, { receipts: [], ledgerRange: [] }) },
    { what: 'receipts are missing', history: cutLedger(buildLimited({ pauseMs: 1, dip: 0 }), 0, 50) },
    { what: 'nothing was asked', history: buildLimited({ dip: 0 }, { operations: [] }) },
  ])('does not know when $what, which a limit needs', ({ history }) => {
    expect(check(history).verdict).toBe('unknown');
    expect(check({ ...history, limits: {} }).verdict).toBe('pass');
  });
});
