import { describe, expect, it } from '@jest/globals';
import { LogPosition, parseLogLine } from './log-lines.ts';

const SECOND = 1_000_000_000n;
const NOON = BigInt(Date.parse('2026-11-22T12:00:00Z')) * 1_000_000n;

describe('parseLogLine', () => {
  it.each([
    { line: '2026-11-22T12:00:00.000000007Z a line', at: NOON + 7n, text: 'a line' },
    { line: '2026-11-22T13:00:00.5+01:00 a line', at: NOON + SECOND / 2n, text: 'a line' },
    { line: '2026-11-22T12:00:00Z   indented', at: NOON, text: '  indented' },
    { line: '2026-11-22T12:00:00.1Z ', at: NOON + SECOND / 10n, text: '' },
    { line: 'no time at all', at: undefined, text: 'no time at all' },
  ])('reads $line', ({ line, at, text }) => {
    expect(parseLogLine(line)).toEqual({ at, text });
  });
});

describe('LogPosition', () => {
  const take = (position: LogPosition, lines: readonly { at: bigint; text: string }[]): string[] =>
    lines.filter((line) => position.take(line)).map(({ text }) => text);

  it('lets each line through once when the log is read again', () => {
    const position = new LogPosition(NOON);
    const log = [
      { at: NOON - 1n, text: 'before' },
      { at: NOON, text: 'a' },
      { at: NOON + 5n, text: 'b' },
      { at: NOON + 5n, text: 'b, the same moment' },
    ];
    expect(take(position, log)).toEqual(['a', 'b', 'b, the same moment']);
    position.rewind();
    const longer = [...log, { at: NOON + 5n, text: 'b, a third' }, { at: NOON + 6n, text: 'c' }];
    expect(take(position, longer)).toEqual(['b, a third', 'c']);
    position.rewind();
    expect(take(position, longer)).toEqual([]);
  });

  it('asks for whole seconds, as the API server takes them', () => {
    const position = new LogPosition(NOON + 999_999_999n);
    expect(position.since).toBe('2026-11-22T12:00:00Z');
  });
});
