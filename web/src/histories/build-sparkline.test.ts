import { describe, expect, it } from '@jest/globals';
import { buildSparkline } from './build-sparkline.ts';

const scale = { width: 100, height: 24, slots: 3, top: 10 };

describe('buildSparkline', () => {
  it('spans the width with as many values as there are slots', () => {
    expect(buildSparkline([0, 5, 10], scale)).toBe('M0.0 22.0L50.0 12.0L100.0 2.0');
  });

  it('ends at the right edge also with fewer values', () => {
    expect(buildSparkline([0], scale)).toBe('M100.0 22.0');
  });

  it('stays below the upper edge', () => {
    expect(buildSparkline([99], scale)).toBe('M100.0 2.0');
  });
});
