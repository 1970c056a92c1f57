import { describe, expect, it } from '@jest/globals';
import { readRecordedRun } from '../../../../test/run-page/recorded-runs.ts';
import { pairSteps } from './pair-steps.ts';

describe('pairSteps', () => {
  it('sets steps of the same place side by side, also where one run has fewer', () => {
    const { steps } = readRecordedRun('pass');
    const pairs = pairSteps(steps, steps.slice(0, 2));
    expect(pairs).toHaveLength(steps.length);
    expect(pairs[1]).toMatchObject({ index: 1, first: steps[1], second: steps[1] });
    expect(pairs[2]).toMatchObject({ index: 2, second: null });
  });
});
