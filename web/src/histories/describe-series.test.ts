import { describe, expect, it } from '@jest/globals';
import { describeSeries } from './describe-series.ts';

describe('describeSeries', () => {
  it('tells the value now and the range', () => {
    expect(describeSeries('lag', [40, 1200, 7])).toBe('lag: now 7, in the last minutes between 7 and 1,200');
  });

  it('says when there is nothing yet', () => {
    expect(describeSeries('lag', [])).toBe('lag: nothing measured yet');
  });
});
