import { describe, expect, it } from '@jest/globals';
import type { LoggedRecord, Operation } from './history.ts';
import { Names } from './names.ts';
import { Operations } from './operations.ts';
import { toRecords } from './records.ts';
import { StoredOperations } from './stored-operations.ts';

const operations: readonly Operation[] = [0, 1].map((sequence) => ({
  producer: 'driver',
  sequence,
  key: 'a',
  invokedAt: 1000 + sequence,
  outcome: { kind: 'ok', partition: 0, offset: sequence },
}));
const toRecord = (offset: number, sequence: number, partition = 0): LoggedRecord => ({
  partition,
  offset,
  key: 'a',
  identity: { runId: 'mine', producer: 'driver', sequence },
});

describe('StoredOperations', () => {
  const keys = new Names();
  const table = Operations.from(operations, keys);
  const row = (sequence: number) => ({ producer: 0, sequence });
  const take = (stored: StoredOperations, records: readonly LoggedRecord[], partition = 0) => {
    const { isAcknowledged, isCopy, arrivedAt } = stored.take(toRecords(partition, keys, records));
    return {
      isAcknowledged: [...isAcknowledged],
      isCopy: [...isCopy],
      arrivedAt: records.map((_, at) => arrivedAt(at)),
    };
  };

  it('finds what stands where its answer said, and copies in any partition', () => {
    const stored = new StoredOperations(table);
    expect(take(stored, [toRecord(0, 0), toRecord(5, 0)])).toEqual({
      isAcknowledged: [1, 0],
      isCopy: [0, 1],
      arrivedAt: [1000, NaN],
    });
    expect(take(stored, [toRecord(9, 1, 1)], 1)).toMatchObject({ isAcknowledged: [0], isCopy: [0] });
    expect([0, 1].map((sequence) => [stored.isFound(row(sequence)), stored.isStored(row(sequence))])).toEqual([
      [true, true],
      [false, true],
    ]);
    expect(stored.findStray(row(1))).toMatchObject({ partition: 1, offset: 9 });
    expect(stored.found).toBe(1);
  });

  it('takes numbers that nobody gave for nobody’s, however large they are, and sees their copies', () => {
    const stored = new StoredOperations(table);
    const made = [2 ** 32, 2 ** 32 + 1, 10 ** 14].map((sequence, offset) => toRecord(offset, sequence));
    expect(take(stored, made)).toMatchObject({ isAcknowledged: [0, 0, 0], isCopy: [0, 0, 0] });
    expect(take(stored, [toRecord(7, 10 ** 14)])).toMatchObject({ isCopy: [1] });
    expect([0, 1].some((sequence) => stored.isStored(row(sequence)))).toBe(false);
  });
});
