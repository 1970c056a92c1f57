import { describe, expect, it } from '@jest/globals';
import { savedRunSchema, type SavedOwnership } from '../../lib/contracts/saved-run.ts';
import { buildBusyEightHours } from '../../test/run-page/long-runs.ts';
import { readRecordedRun } from '../../test/run-page/recorded-runs.ts';
import { condenseRun } from './condense-run.ts';

const RUN = readRecordedRun('pass');

function listOwners(ownership: readonly SavedOwnership[]): string[] {
  return ownership.map(({ partition, owner, generation, from, to }) =>
    [partition, owner, generation, from, to].join(' '),
  );
}

describe('condenseRun', () => {
  it('leaves a short run as it is, but for rows of one owner', () => {
    expect({ ...condenseRun(RUN), ownership: [] }).toEqual({ ...RUN, ownership: [] });
  });

  it('has one row for generations in which a partition kept its owner, and one for each time it got one', () => {
    const row = { partition: 1, generation: 4, owner: 'a', from: 0, to: 10 };
    const ownership = [
      row,
      { ...row, partition: 2, owner: 'b' },
      { ...row, generation: 5, from: 10, to: 20 },
      { ...row, partition: 2, generation: 5, from: 10, to: 20 },
      { ...row, generation: 7, from: 25, to: 30 },
    ];
    expect(listOwners(condenseRun({ ...RUN, ownership }).ownership)).toEqual([
      '1 a 4 0 20',
      '2 b 4 0 10',
      '2 a 5 10 20',
      '1 a 7 25 30',
    ]);
    expect(ownership[0]?.to).toBe(10);
  });

  it('makes of eight busy hours a document that its readers take, and once is enough', () => {
    const condensed = condenseRun(buildBusyEightHours(1));
    expect(() => savedRunSchema.parse(condensed)).not.toThrow();
    expect(condensed.samples.length).toBeLessThanOrEqual(2000);
    expect(condenseRun(condensed)).toEqual(condensed);
  });
});
