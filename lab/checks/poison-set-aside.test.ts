import { describe, expect, it } from '@jest/globals';
import { buildHistory, cutLedger, planOperations, skipOffset } from './history-fixture.ts';
import type { History } from './history.ts';
import { checkPoisonSetAside } from './poison-set-aside.ts';
import { prepareRun } from './prepare-run.ts';

const check = (history: History) => checkPoisonSetAside(prepareRun(history));

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

  it.each([
    { what: 'there is none at all', deadLetters: [], missing: 2 },
    {
      what: 'one stood elsewhere',
      deadLetters: [
        { partition: 0, offset: 10 },
        { partition: 1, offset: 12 },
      ],
      missing: 1,
    },
  ])('fails when of the dead letters $what', ({ deadLetters, missing }) => {
    const result = check(buildPoisoned({ deadLetters }));
    expect(result).toMatchObject({ verdict: 'fail', measurements: { notSetAsideRecords: missing } });
    expect(result.evidence.at(-1)).toEqual({ finding: 'notSetAside', poison: { partition: 0, offset: 12 } });
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
