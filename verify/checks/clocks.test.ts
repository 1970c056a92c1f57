import { describe, expect, it } from '@jest/globals';
import { byBrokersClock, createClockFinder, describeClocks, type Clocks } from './clocks.ts';
import { buildHistory, NOW } from '../testing/history-fixture.ts';
import type { History, LedgerEntry } from './history.ts';
import { judge } from './judge.ts';

const toText = (at: number): string => new Date(at).toISOString();

/** The same run as its member's clock told it, which is so far behind the brokers'. */
function behind(history: History, behindMs: number, hasBrokersClock = true): History {
  const shift = (time: string): string => toText(Date.parse(time) - behindMs);
  return {
    ...history,
    receipts: history.receipts.map((receipt) => ({
      ...receipt,
      startedAt: shift(receipt.startedAt),
      finishedAt: shift(receipt.finishedAt),
      ...(hasBrokersClock && { appendedAt: Date.parse(receipt.finishedAt) }),
    })),
  };
}

const receipt = (member: string, finishedAt: number, appendedAt?: number): LedgerEntry => ({
  topic: 'app',
  partition: 0,
  from: 0,
  to: 0,
  member,
  startedAt: toText(finishedAt - 5),
  finishedAt: toText(finishedAt),
  ledgerOffset: 0,
  ...(appendedAt !== undefined && { appendedAt }),
});

function findClocks(receipts: readonly LedgerEntry[]): Clocks {
  const finder = createClockFinder();
  for (const each of receipts) finder.take(each);
  return finder.find();
}

describe('a member’s clock', () => {
  it.each([
    { what: '3 s slow', behindMs: 3000 },
    { what: '10 min slow', behindMs: 600_000 },
    { what: '10 min fast', behindMs: -600_000 },
  ])('that is $what costs no run its verdict', ({ behindMs }) => {
    const history = buildHistory();
    expect(judge(behind(history, behindMs)).checks).toEqual(judge(behind(history, 0)).checks);
  });

  it('that is slow looks like loss where the brokers’ is not kept', () => {
    const history = buildHistory();
    const stored = { ...history, log: history.log.map((record) => ({ ...record, storedAt: NOW })) };
    const lost = judge(behind(stored, 600_000, false)).checks.find(({ name }) => name === 'nothing-acknowledged-lost');
    expect(lost?.verdict).toBe('fail');
    const found = judge(behind(stored, 600_000)).checks.find(({ name }) => name === 'nothing-acknowledged-lost');
    expect(found?.verdict).toBe('pass');
  });

  it('is named with how far it is off, when that is more than clocks may be', () => {
    const clocks = findClocks([
      receipt('slow', NOW - 3000, NOW + 40),
      receipt('slow', NOW - 3000, NOW + 10),
      receipt('fast', NOW + 60_000, NOW),
      receipt('right', NOW, NOW + 5000),
      receipt('right', NOW, NOW + 200),
      receipt('unknown', NOW),
    ]);
    expect(describeClocks(clocks)).toEqual([
      'the clock of slow is 3.0 s slow: its receipts are judged by the time at which the brokers had them',
      'the clock of fast is 60.0 s fast: its receipts are judged by the time at which the brokers had them',
    ]);
  });

  it('is not judged by one receipt that is odd', () => {
    const many = Array.from({ length: 40 }, (_, index) => receipt('one', NOW + index, NOW + index + 20));
    expect([...findClocks([...many, receipt('one', NOW + 600_000, NOW)]).keys()]).toEqual([]);
  });

  it('that is off moves both times of its receipts', () => {
    const clocks = findClocks([receipt('slow', NOW - 3000, NOW)]);
    expect(byBrokersClock(receipt('slow', NOW, NOW), clocks)).toMatchObject({
      startedAt: toText(NOW + 2995),
      finishedAt: toText(NOW + 3000),
    });
    expect(byBrokersClock(receipt('other', NOW, NOW), clocks)).toEqual(receipt('other', NOW, NOW));
  });
});
