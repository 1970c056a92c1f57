import { describe, expect, it } from '@jest/globals';
import { createRateLimiter } from './rate-limiter.ts';

describe('createRateLimiter', () => {
  it('lets a second of lines through and counts the rest', () => {
    let time = 0;
    const limiter = createRateLimiter(10, () => time);
    const taken = Array.from({ length: 25 }, () => limiter.tryTake()).filter(Boolean).length;
    expect(taken).toBe(10);
    expect(limiter.takeRefusedCount()).toBe(15);
    expect(limiter.takeRefusedCount()).toBe(0);
    time += 500;
    expect(Array.from({ length: 25 }, () => limiter.tryTake()).filter(Boolean)).toHaveLength(5);
  });

  it('has no limit at 0', () => {
    const limiter = createRateLimiter(0);
    expect(Array.from({ length: 1000 }, () => limiter.tryTake()).every(Boolean)).toBe(true);
    expect(limiter.takeRefusedCount()).toBe(0);
  });
});
