import { describe, expect, it } from '@jest/globals';
import { LARGEST_SCALE } from '../lib/contracts/largest-scale.ts';
import { requireScale } from './require-scale.ts';

describe('requireScale', () => {
  it.each([0, 1, LARGEST_SCALE])('takes %d replicas', (replicas) => {
    expect(() => requireScale('consumer', replicas)).not.toThrow();
  });

  it.each([-1, 0.5, LARGEST_SCALE + 1, Number.NaN])('refuses %d and says what it takes', (replicas) => {
    expect(() => requireScale('consumer', replicas)).toThrow(
      `consumer cannot have ${String(replicas)} replicas here: it takes 0 to ${String(LARGEST_SCALE)}`,
    );
  });
});
