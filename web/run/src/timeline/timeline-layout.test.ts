import { describe, expect, it } from '@jest/globals';
import { layOutTimeline } from './timeline-layout.ts';

const WIDE = { width: 1200, partitions: 6, hasFaults: true, hasBusy: true };

describe('layOutTimeline', () => {
  it.each([
    { name: 'wide', options: WIDE },
    { name: 'narrow', options: { ...WIDE, width: 320 } },
    { name: 'with 1,000 partitions', options: { ...WIDE, partitions: 1000 } },
    { name: 'without faults', options: { ...WIDE, hasFaults: false, hasBusy: false } },
  ])('puts no strip over another: $name', ({ options }) => {
    const layout = layOutTimeline(options);
    const { axisTop, steps, faults, rebalances, partitions, lag, rates, members, busy, axisBottom } = layout;
    const strips = [axisTop, steps, faults, rebalances, partitions, lag, rates, members, busy, axisBottom];
    let end = 0;
    for (const strip of strips.filter((one) => one !== null)) {
      expect(strip.top).toBeGreaterThanOrEqual(end);
      end = strip.top + strip.height;
    }
    expect(layout.height).toBe(end);
  });

  it('makes rows lower the more partitions there are', () => {
    const heights = [6, 60, 1000].map((partitions) => layOutTimeline({ ...WIDE, partitions }).partitions.rowHeight);
    expect(heights).toEqual([24, 12, 1]);
  });
});
