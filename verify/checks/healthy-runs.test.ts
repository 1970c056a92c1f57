import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { healthyRun } from '../testing/healthy-run-fixture.ts';
import type { History } from './history.ts';
import { judge } from './judge.ts';

const findWrong = (history: History) => judge(history).checks.filter(({ verdict }) => verdict !== 'pass');
const findFailed = (history: History) => judge(history).checks.filter(({ verdict }) => verdict === 'fail');

describe('the judgement of a healthy run', () => {
  it('passes, whatever happens to its members', () => {
    fc.assert(
      fc.property(healthyRun, (history) => expect(findWrong(history)).toEqual([])),
      { numRuns: 80 },
    );
  });

  it('passes when its members are of another make, which tell no generation', () => {
    fc.assert(
      fc.property(healthyRun, (history) => {
        const receipts = history.receipts.map((receipt) => ({ ...receipt, generation: undefined }));
        expect(findWrong({ ...history, receipts })).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });

  it('passes when some of its members tell no generation', () => {
    fc.assert(
      fc.property(healthyRun, fc.constantFrom('1', '2'), (history, named) => {
        const receipts = history.receipts.map((receipt) =>
          receipt.member.endsWith(named) ? { ...receipt, generation: undefined } : receipt,
        );
        expect(findWrong({ ...history, receipts })).toEqual([]);
      }),
    );
  });

  it('never fails, and never passes, when a part of the history of its group is missing', () => {
    fc.assert(
      fc.property(healthyRun, fc.nat(), fc.boolean(), fc.boolean(), (history, missing, isCut, isNumbered) => {
        const cut: History = {
          ...history,
          groupReading: isCut ? 'cut' : 'unread',
          generations: history.generations.filter((_, index) => index !== missing % history.generations.length),
          receipts: history.receipts.map((each) => (isNumbered ? each : { ...each, generation: undefined })),
        };
        expect(findFailed(cut)).toEqual([]);
        expect(judge(cut).verdict).toBe('unknown');
      }),
    );
  });
});
