import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from '../../kafka/records/log-record.ts';
import { describeUncounted } from '../checks/completeness.ts';
import { createReceiptCollector } from './collect-receipts.ts';

const RECEIPT = {
  topic: 'app',
  partition: 1,
  from: 0,
  to: 2,
  member: 'consumer-1',
  startedAt: '2026-11-22T16:00:10.349Z',
  finishedAt: '2026-11-22T16:00:10.841Z',
};

const record = (offset: number, value: unknown, appendedAtMs?: number): LogRecord => ({
  topic: 'app.receipts',
  partition: 1,
  offset,
  key: null,
  value: Buffer.from(JSON.stringify(value)),
  timestampMs: 0,
  headers: {},
  ...(appendedAtMs !== undefined && { appendedAtMs }),
});

describe('the receipts of a ledger', () => {
  it('know where they stand, and when the broker had them', () => {
    const receipts = createReceiptCollector('app');
    expect(receipts.parse(record(7, RECEIPT))).toEqual({ ...RECEIPT, ledgerOffset: 7 });
    expect(receipts.parse(record(8, RECEIPT, 99))).toEqual({ ...RECEIPT, ledgerOffset: 8, appendedAt: 99 });
    expect(receipts.uncounted).toEqual({ count: 0, examples: [] });
    expect(describeUncounted(receipts.uncounted)).toEqual([]);
  });

  it('are told from what is none, with the reason', () => {
    const receipts = createReceiptCollector('app');
    const wrong = [
      { ...RECEIPT, partition: 3 },
      { ...RECEIPT, topic: 'orders' },
      { ...RECEIPT, finishedAt: 'now' },
      ...Array.from({ length: 20 }, () => 'none'),
    ];
    expect(wrong.map((value, offset) => receipts.parse(record(offset, value)))).toEqual(wrong.map(() => undefined));
    expect(receipts.uncounted.count).toBe(23);
    expect(receipts.uncounted.examples).toHaveLength(10);
    expect(receipts.uncounted.examples.slice(0, 4).map(({ reason }) => reason)).toEqual([
      '`partition` is 3, and it stands in 1',
      '`topic` is "orders", and app is read',
      '`finishedAt` is "now"; it must be a time such as 2026-11-22T16:00:10.349Z',
      'the value is no JSON object',
    ]);
    expect(describeUncounted(receipts.uncounted)).toEqual([
      '23 records of the ledger are no receipts, the first at offset 0 of partition 1: `partition` is 3, and it stands in 1',
    ]);
  });
});
