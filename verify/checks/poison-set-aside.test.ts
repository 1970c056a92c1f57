import { describe, expect, it } from '@jest/globals';
import { buildHistory, cutLedger, planOperations, skipOffset } from '../testing/history-fixture.ts';
import type { History } from './history.ts';
import { checkPoisonSetAside } from './poison-set-aside.ts';
import { runCheck } from '../testing/run-check-fixture.ts';

const check = (history: History) => runCheck(checkPoisonSetAside, history);

/** Every other record, from 10 on, is somebody else's: the first two of them are no messages. */
function buildPoisoned(changes: Partial<History> = {}): History {
  const poisons = [10, 12].map((offset) => ({ partition: 0, offset }));
  return {
    ...buildHistory({ partitions: 1, operations: planOperations(6, { othersBefore: 1 }) }),
    poisons,
    deadLetters: [{ partition: 0, offset: 3 }, ...poisons],
    ...changes,
  };
}

describe('poison-set-aside', () => {
  it('passes when every poison is a dead letter and has a receipt', () => {
    expect(check(buildPoisoned())).toMatchObject({
      verdict: 'pass',
      summary: '2 records that are no messages: set aside as dead letters, and accounted for.',
    });
  });

  it('passes when the dead letters are another’s, who keeps the value and nothing else', () => {
    const poisons = [10, 12].map((offset) => ({ partition: 0, offset, valueCrc: offset }));
    expect(check(buildPoisoned({ poisons, deadLetters: [], otherLetters: [12, 99, 10] })).verdict).toBe('pass');
    expect(check(buildPoisoned({ poisons, deadLetters: [], otherLetters: [12] }))).toMatchObject({
      verdict: 'fail',
      evidence: [{ finding: 'notSetAside', poison: poisons[0] }],
    });
  });

  it('fails when some are dead letters and one is not', () => {
    const deadLetters = [
      { partition: 0, offset: 10 },
      { partition: 1, offset: 12 },
    ];
    const result = check(buildPoisoned({ deadLetters }));
    expect(result).toMatchObject({ verdict: 'fail', measurements: { notSetAsideRecords: 1 } });
    expect(result.evidence.at(-1)).toEqual({ finding: 'notSetAside', poison: { partition: 0, offset: 12 } });
  });

  it('does not know of a consumer that has none among the dead letters and accounts for all: it may leave them out', () => {
    expect(check(buildPoisoned({ deadLetters: [] }))).toMatchObject({
      verdict: 'unknown',
      summary: expect.stringContaining('2 were accounted for and not found among the dead letters'),
      measurements: { notSetAsideRecords: 2, unjudgedRecords: 2 },
    });
  });

  it('fails when a poison has no receipt', () => {
    const history = buildPoisoned();
    expect(check({ ...history, receipts: skipOffset(history.receipts, 0, 12) })).toMatchObject({
      verdict: 'fail',
      summary: '2 records that are no messages: 1 has no receipt.',
      evidence: [{ finding: 'unprocessed', poison: { partition: 0, offset: 12 } }],
    });
  });

  it.each([
    { what: 'its receipt may have been cut off', cut: (history: History) => cutLedger(history, 0, 11) },
    { what: 'the ledger was not read', cut: (history: History) => ({ ...history, receipts: [], ledgerRange: [] }) },
    { what: 'nothing was put into the log', cut: (history: History) => ({ ...history, poisons: [] }) },
  ])('does not know when $what', ({ cut }) => {
    expect(check(cut(buildPoisoned())).verdict).toBe('unknown');
  });
});
