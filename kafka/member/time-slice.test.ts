import { describe, expect, it } from '@jest/globals';
import { createTimeSlice } from './time-slice.ts';

describe('createTimeSlice', () => {
  it('is over after its length, and begins anew once everything else had its turn', async () => {
    let now = 0;
    const slice = createTimeSlice(2, () => now);
    now = 1;
    expect(slice.isOver()).toBe(false);
    now = 2;
    expect(slice.isOver()).toBe(true);
    let others = 0;
    setImmediate(() => (others += 1));
    await slice.next();
    expect(others).toBe(1);
    expect(slice.isOver()).toBe(false);
  });
});
