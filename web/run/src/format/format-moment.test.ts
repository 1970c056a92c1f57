import { describe, expect, it } from '@jest/globals';
import { formatMeasurement, formatMilliseconds, formatName } from './format-moment.ts';

describe('formatName', () => {
  it('writes a name in camel case as words', () => {
    expect(formatName('processedTwiceRecords')).toBe('processed twice records');
    expect(formatName('pause of a partition')).toBe('pause of a partition');
  });
});

describe('formatMilliseconds', () => {
  it('has a digit below ten', () => {
    expect([6.24, 19.4, 11_020].map(formatMilliseconds)).toEqual(['6.2', '19', '11,020']);
  });
});

describe('formatMeasurement', () => {
  it('shortens nothing', () => {
    expect(formatMeasurement(1_234_567.5)).toBe('1,234,567.5');
  });
});
