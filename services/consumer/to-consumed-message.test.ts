import { describe, expect, it } from '@jest/globals';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';
import { sortByTime, toConsumedMessage } from './to-consumed-message.ts';

const STORED_AT = Date.UTC(2026, 0, 1);

function createRecord(fields: Partial<LogRecord> = {}): LogRecord {
  const value = Buffer.from('{"name":"x"}');
  return { topic: 'app', partition: 0, offset: 0, key: null, value, timestampMs: STORED_AT, headers: {}, ...fields };
}

function createReceipt(member: string, finishedAtMs: number): Receipt {
  const at = new Date(finishedAtMs).toISOString();
  return { topic: 'app', partition: 0, from: 0, to: 9, member, startedAt: at, finishedAt: at };
}

describe('toConsumedMessage', () => {
  it.each([
    { unit: 'nanoseconds', timestampMs: STORED_AT * 1_000_000 },
    { unit: 'microseconds', timestampMs: STORED_AT * 1000 },
    { unit: 'no timestamp', timestampMs: -1 },
    { unit: 'the largest number', timestampMs: Number('9223372036854775807') },
  ])('shows no time for $unit', ({ timestampMs }) => {
    expect(toConsumedMessage(createRecord({ timestampMs })).storedAt).toBeNull();
  });

  it('shows who processed it first', () => {
    const receipts = [createReceipt('first', STORED_AT + 5), createReceipt('second', STORED_AT + 50)];
    expect(toConsumedMessage(createRecord(), receipts)).toMatchObject({ processedBy: 'first' });
  });

  it('does not take the receipt of an earlier topic for its own', () => {
    const old = createReceipt('old', STORED_AT - 60_000);
    expect(toConsumedMessage(createRecord(), [old])).toMatchObject({ processedBy: null, processedAt: null });
    expect(toConsumedMessage(createRecord(), [old, createReceipt('own', STORED_AT + 5)]).processedBy).toBe('own');
  });

  it('forgives clocks that differ a little', () => {
    expect(toConsumedMessage(createRecord(), [createReceipt('a', STORED_AT - 20)]).processedBy).toBe('a');
  });
});

describe('sortByTime', () => {
  it('puts what has no time behind the record before it in its partition', () => {
    const at = (partition: number, offset: number, timestampMs: number) =>
      toConsumedMessage(createRecord({ partition, offset, timestampMs }));
    const sorted = sortByTime([
      at(0, 0, STORED_AT * 1000),
      at(0, 1, STORED_AT + 10),
      at(0, 2, STORED_AT * 1_000_000),
      at(1, 0, STORED_AT),
      at(1, 1, STORED_AT + 20),
    ]);
    expect(sorted.map(({ partition, offset }) => `${String(partition)}/${String(offset)}`)).toEqual([
      '1/0',
      '0/0',
      '0/1',
      '0/2',
      '1/1',
    ]);
  });
});
