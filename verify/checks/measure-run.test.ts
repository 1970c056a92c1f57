import { describe, expect, it } from '@jest/globals';
import {
  buildHistory,
  buildReceipt,
  buildStep,
  cutLedger,
  cutLog,
  NOW,
  planOperations,
} from '../testing/history-fixture.ts';
import type { History, StepRecord } from './history.ts';
import { measureRun } from './measure-run.ts';
import { prepareRun } from './prepare-run.ts';

const measure = (history: History) => measureRun(prepareRun(history));

/**
 * A partition that is sent a record every 100 ms, from 10 on, each processed 20 ms later; but nothing is processed
 * between the silences' beginnings and ends, and then all that waits at once.
 */
function buildLoad(seconds: number, silences: readonly (readonly [fromMs: number, toMs: number])[]): History {
  const count = seconds * 10;
  const history = buildHistory({ partitions: 1, operations: planOperations(count), receiptLength: 1 });
  const receipts = history.receipts.map((receipt, index) => {
    const ready = index * 100 + 20;
    const silence = silences.find(([from, to]) => from <= ready && ready < to);
    const time = new Date(NOW + (silence?.[1] ?? ready)).toISOString();
    return { ...receipt, startedAt: time, finishedAt: time };
  });
  const operations = history.operations.map((each, index) => ({ ...each, invokedAt: NOW + index * 100 }));
  return { ...history, receipts, operations, steps: [] };
}

function step(kind: string, fromMs: number, toMs: number, changes: Partial<StepRecord> = {}): StepRecord {
  return buildStep({ index: fromMs, kind, text: kind, startedAt: NOW + fromMs, endedAt: NOW + toMs, ...changes });
}

describe('measureRun', () => {
  it('has a measurement for each step that changed something, and for no other', () => {
    const steps = ['load', 'scale', 'wait-balanced', 'hold', 'poison', 'kill'].map((kind, index) =>
      step(kind, index, index + 1),
    );
    expect(measure({ ...buildHistory(), steps }).steps.map(({ step: { kind } }) => kind)).toEqual(['scale', 'kill']);
  });

  it('takes the time to balance from the first wait after the step, before the next one', () => {
    const steps = [
      step('wait-balanced', 0, 1, { balanceMs: 1 }),
      step('scale', 1, 2),
      step('hold', 2, 3),
      step('wait-balanced', 3, 4, { balanceMs: 700 }),
      step('wait-balanced', 4, 5, { balanceMs: 900 }),
      step('kill', 5, 6),
      step('scale', 6, 7),
      step('poison', 7, 7),
      step('wait-balanced', 7, 8, { balanceMs: 300 }),
    ];
    const measured = measure({ ...buildHistory(), steps }).steps.map(({ balanceMs }) => balanceMs);
    expect(measured).toEqual([700, undefined, 300]);
  });

  describe('pauses', () => {
    const steps = [step('scale', 2000, 2100), step('kill', 6000, 6100), step('hold', 6100, 10_000)];

    it('finds the longest silence of a partition under each step', () => {
      const history = buildLoad(10, [
        [2500, 3000],
        [4000, 5500],
        [7000, 8000],
      ]);
      const [scale, kill] = measure({ ...history, steps }).steps;
      // A record was sent at 4,000 ms, 80 ms after the last one had been processed.
      expect(scale?.pauses).toEqual([{ partition: 0, from: NOW + 4000, to: NOW + 5500, pauseMs: 1500 }]);
      expect(kill?.pauses).toEqual([{ partition: 0, from: NOW + 7000, to: NOW + 8000, pauseMs: 1000 }]);
    });

    it('gives a silence over two steps to both', () => {
      const pauses = measure({ ...buildLoad(10, [[5000, 7000]]), steps }).steps.map((each) => each.pauses);
      expect(pauses.flat().map(({ pauseMs }) => pauseMs)).toEqual([2000, 2000]);
    });

    it('gives the ordinary wait where nothing paused', () => {
      const pauses = measure({ ...buildLoad(10, []), steps }).steps.flatMap((each) => each.pauses);
      expect(pauses.map(({ pauseMs }) => pauseMs)).toEqual([20, 20]);
    });

    it('does not count a time in which there was nothing to process', () => {
      const history = buildLoad(10, []);
      const operations = history.operations.map((each, index) =>
        index < 50 ? each : { ...each, invokedAt: each.invokedAt + 60_000 },
      );
      const receipts = history.receipts.map((each, index) => {
        const time = new Date(Date.parse(each.startedAt) + 60_000).toISOString();
        return index < 50 ? each : { ...each, startedAt: time, finishedAt: time };
      });
      const pauses = measure({ ...history, operations, receipts, steps }).steps.flatMap((each) => each.pauses);
      expect(Math.max(...pauses.map(({ pauseMs }) => pauseMs))).toBe(20);
    });

    it('does not take a redelivery for progress', () => {
      const history = buildLoad(10, [[4000, 5500]]);
      const time = new Date(NOW + 4800).toISOString();
      const again = buildReceipt(
        { partition: 0, from: 10, to: 20, ledgerOffset: 0 },
        { startedAt: time, finishedAt: time },
      );
      const receipts = [...history.receipts.slice(0, 40), again, ...history.receipts.slice(40)].map((each, index) => ({
        ...each,
        ledgerOffset: 10 + index,
      }));
      expect(measure({ ...history, receipts, steps }).steps[0]?.pauses[0]?.pauseMs).toBe(1500);
    });

    it('counts to the end of the steps what is still waiting then', () => {
      const history = buildLoad(10, []);
      const silent = { ...history, receipts: history.receipts.slice(0, 70), steps };
      expect(measure(silent).steps[1]?.pauses).toEqual([
        { partition: 0, from: NOW + 7000, to: NOW + 10_000, pauseMs: 3000 },
      ]);
    });

    it.each([
      { what: 'the ledger was cut off', cut: (history: History) => cutLedger(history, 0, 50) },
      { what: 'the log was cut off', cut: (history: History) => cutLog(history, 0, 50) },
    ])('measures none when $what', ({ cut }) => {
      const { steps: measured, dip } = measure(cut({ ...buildLoad(20, []), steps }));
      expect(measured.flatMap(({ pauses }) => pauses)).toEqual([]);
      expect(dip).toBeUndefined();
    });
  });

  describe('dip', () => {
    it('is the largest share that was not processed in ten seconds, and when that was', () => {
      // From 10 s on nothing is processed for 4 s, of which the last window without the end of the silence has all.
      const { dip } = measure(buildLoad(30, [[10_000, 14_000]]));
      expect(dip).toMatchObject({ from: NOW + 4000, to: NOW + 14_000 });
      expect(dip?.share).toBeCloseTo(0.4, 2);
    });

    it('is nothing when what is sent is processed', () => {
      expect(measure(buildLoad(30, [])).dip?.share).toBe(0);
    });

    it('does not come of receipts over a longer time', () => {
      const history = buildHistory({ partitions: 1, operations: planOperations(300), receiptLength: 50 });
      const at = (index: number): string => new Date(NOW + index * 100).toISOString();
      const operations = history.operations.map((each, index) => ({ ...each, invokedAt: NOW + index * 100 }));
      const receipts = history.receipts.map((each, index) => ({
        ...each,
        startedAt: at(index * 50),
        finishedAt: at(index * 50 + 50),
      }));
      expect(measure({ ...history, operations, receipts }).dip?.share).toBeCloseTo(0, 5);
    });

    it.each([
      { what: 'the load ran for less than ten seconds', history: buildLoad(10, []) },
      { what: 'nothing was asked', history: { ...buildLoad(20, []), operations: [] } },
      {
        what: 'less than 100 records were acknowledged in any ten seconds',
        history: {
          ...buildLoad(20, []),
          operations: buildLoad(20, []).operations.filter((_, index) => index % 3 === 0),
        },
      },
    ])('is not known when $what', ({ history }) => {
      expect(measure(history).dip).toBeUndefined();
    });
  });
});
