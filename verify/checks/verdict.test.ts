import { describe, expect, it } from '@jest/globals';
import { combineVerdicts, type Verdict } from './verdict.ts';

const cases: readonly { verdicts: Verdict[]; combined: Verdict }[] = [
  { verdicts: ['pass', 'pass'], combined: 'pass' },
  { verdicts: ['pass', 'unknown'], combined: 'unknown' },
  { verdicts: ['pass', 'unknown', 'fail'], combined: 'fail' },
  { verdicts: [], combined: 'unknown' },
];

describe('combineVerdicts', () => {
  it.each(cases)('makes $combined of $verdicts', ({ verdicts, combined }) => {
    expect(combineVerdicts(verdicts)).toBe(combined);
  });
});
