import { describe, expect, it } from '@jest/globals';
import { createUnreadablePartitions } from './unreadable-partitions.ts';

function create() {
  const lines: string[] = [];
  let now = 1000;
  const log = (_: object, line: string) => void lines.push(line);
  const logger = { error: log, info: log } as unknown as Parameters<typeof createUnreadablePartitions>[1];
  const waiting = createUnreadablePartitions('app', logger, () => now);
  return { waiting, lines, pass: (ms: number) => void (now += ms) };
}

describe('a partition that cannot be read', () => {
  it('waits, and is tried again at a pace', () => {
    const { waiting, pass } = create();
    waiting.hold(3, 42, 'it is damaged');
    expect([waiting.isWaiting(3), waiting.isWaiting(2)]).toEqual([true, false]);
    pass(5000);
    expect(waiting.isWaiting(3)).toBe(false);
    waiting.hold(3, 42, 'it is damaged');
    expect(waiting.isWaiting(3)).toBe(true);
    expect(waiting.list()).toEqual([{ partition: 3, offset: 42, reason: 'offset 42 cannot be read: it is damaged' }]);
  });

  it('is told once, again when something changed, and now and then', () => {
    const { waiting, lines, pass } = create();
    for (let tries = 0; tries < 59; tries += 1) {
      waiting.hold(3, 42, 'it is damaged');
      pass(5000);
    }
    expect(lines).toEqual([
      expect.stringContaining('partition 3 of app waits: offset 42 cannot be read: it is damaged.'),
    ]);
    waiting.hold(3, 50, 'it is damaged');
    expect(lines).toHaveLength(2);
    pass(300_000);
    waiting.hold(3, 50, 'it is damaged');
    expect(lines).toHaveLength(3);
    waiting.release(3, 60);
    waiting.release(3, 70);
    expect(lines.slice(3)).toEqual(['partition 3 of app is read again, up to offset 60']);
    expect(waiting.list()).toEqual([]);
  });

  it('is forgotten by who does not own it any more', () => {
    const { waiting } = create();
    waiting.hold(3, 42, 'it is damaged');
    waiting.keepOnly(new Set([1]));
    expect([waiting.list(), waiting.isWaiting(3)]).toEqual([[], false]);
  });
});
