import { describe, expect, it } from '@jest/globals';
import { tmpdir } from 'node:os';
import { estimateDiskBytes, requireDiskSpace } from './disk-space.ts';

const RATE = 10_000_000;
const GIBIBYTE = 2 ** 30;

describe('estimateDiskBytes', () => {
  it('is all that was sent, in three copies, while nothing is deleted yet', () => {
    expect(estimateDiskBytes(RATE, 60)).toBe(3 * 60 * RATE);
  });

  it('is bounded by what the brokers keep, however long the flow lasts', () => {
    expect(estimateDiskBytes(RATE, 86_400)).toBe(estimateDiskBytes(RATE, 3600));
    expect(estimateDiskBytes(RATE, 86_400) / GIBIBYTE).toBeLessThan(15);
  });
});

describe('requireDiskSpace', () => {
  it('refuses what does not fit, in numbers', () => {
    expect(() => requireDiskSpace(tmpdir(), 2 ** 60)).toThrow(
      /GiB of free disk; the flow takes up to 1073741824\.0 GiB/,
    );
    expect(() => requireDiskSpace(tmpdir(), -(2 ** 60))).not.toThrow();
  });
});
