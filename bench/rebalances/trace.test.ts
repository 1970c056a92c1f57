import { describe, expect, it } from '@jest/globals';
import {
  countPassedOver,
  countRepeated,
  findBalancedAt,
  measurePauses,
  parseTraceLine,
  type Processing,
} from './trace.ts';

/** `[at, partition, offset, replica]`, the way a trace is read. */
function trace(...rows: readonly (readonly [number, number, number, string])[]): Processing[] {
  return rows.map(([at, partition, offset, replica]) => ({ at, partition, offset, replica }));
}

describe('parseTraceLine', () => {
  it('reads a processed record as our consumer and the peers print it', () => {
    const ours = '{"level":30,"time":1700,"partition":3,"offset":41,"key":"k","message":"m","msg":"processed"}';
    expect(parseTraceLine(ours)).toEqual({ kind: 'processed', at: 1700, partition: 3, offset: 41 });
    const peers = '{"time":1700,"partition":3,"offset":41,"msg":"processed"}';
    expect(parseTraceLine(peers)).toEqual({ kind: 'processed', at: 1700, partition: 3, offset: 41 });
  });

  it('reads when a client begins to join', () => {
    expect(parseTraceLine('{"level":30,"time":5,"msg":"sticky-1 serves"}')).toEqual({ kind: 'begins', at: 5 });
    expect(parseTraceLine('{"time":5,"msg":"kafkajs-1 begins to join"}')).toEqual({ kind: 'begins', at: 5 });
  });

  it('passes over all that is something else', () => {
    const lines = [
      'a warning',
      '{"cut',
      '{"level":"INFO","timestamp":"…","logger":"kafkajs"}',
      '{"time":1,"msg":"idle"}',
    ];
    expect(lines.map(parseTraceLine)).toEqual(lines.map(() => undefined));
  });
});

describe('findBalancedAt', () => {
  const owners = new Map([
    [0, 'a'],
    [1, 'b'],
  ]);

  it('is when the last partition was first processed by its owner after the assignment', () => {
    const found = findBalancedAt(
      trace([90, 1, 1, 'b'], [110, 0, 1, 'a'], [130, 1, 2, 'b'], [150, 0, 2, 'a']),
      owners,
      100,
    );
    expect(found).toBe(130);
  });

  it('has no time while a partition waits for its owner', () => {
    expect(findBalancedAt(trace([110, 0, 1, 'a'], [90, 1, 1, 'b']), owners, 100)).toBeUndefined();
  });

  it('has no time when somebody else processed a partition last', () => {
    const late = trace([110, 0, 1, 'a'], [120, 1, 2, 'b'], [125, 1, 3, 'a']);
    expect(findBalancedAt(late, owners, 100)).toBeUndefined();
  });

  it('takes a partition for balanced that its owner kept while others were on their way', () => {
    // Cooperative: partition 1 is without an owner until the assignment at 100, partition 0 never stops.
    const kept = trace([80, 0, 1, 'a'], [95, 0, 2, 'a'], [105, 0, 3, 'a'], [400, 1, 1, 'b'], [410, 0, 4, 'a']);
    expect(findBalancedAt(kept, owners, 100)).toBe(400);
  });
});

describe('measurePauses', () => {
  it('is the longest gap between first processings that ends in the window, also one that began before it', () => {
    const seen = trace(
      [80, 0, 1, 'a'],
      [180, 0, 2, 'b'],
      [200, 0, 3, 'b'],
      [900, 0, 4, 'b'],
      [95, 1, 1, 'a'],
      [145, 1, 2, 'a'],
    );
    expect(measurePauses(seen, 2, { from: 100, to: 500 })).toEqual([100, 50]);
  });

  it('does not end by a record that had been processed before', () => {
    const seen = trace([90, 0, 1, 'a'], [95, 0, 2, 'a'], [150, 0, 2, 'b'], [200, 0, 3, 'b']);
    expect(measurePauses(seen, 1, { from: 100, to: 500 })).toEqual([105]);
  });

  it('has no number for a partition without records', () => {
    expect(measurePauses([], 1, { from: 0, to: 1 })).toEqual([NaN]);
  });
});

describe('countRepeated', () => {
  it('counts records of the window that had been processed before', () => {
    const seen = trace([10, 0, 1, 'a'], [20, 0, 1, 'b'], [110, 0, 1, 'c'], [120, 1, 1, 'c'], [130, 0, 2, 'c']);
    expect(countRepeated(seen, { from: 100, to: 200 })).toBe(1);
  });
});

describe('countPassedOver', () => {
  it('counts records before the last of their partition that nobody processed', () => {
    const seen = trace(
      [10, 0, 7, 'a'],
      [20, 0, 9, 'b'],
      [15, 0, 6, 'a'],
      [30, 1, 1, 'b'],
      [40, 1, 4, 'a'],
      [50, 1, 1, 'a'],
    );
    expect(countPassedOver(seen)).toBe(3);
  });

  it('finds nothing in an unbroken row, or in none', () => {
    expect(countPassedOver(trace([10, 0, 7, 'a'], [20, 0, 8, 'b'], [30, 0, 7, 'b']))).toBe(0);
    expect(countPassedOver([])).toBe(0);
  });
});
