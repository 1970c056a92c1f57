import { describe, expect, it } from '@jest/globals';
import type { LoggedRecord } from './history.ts';
import { Names } from './names.ts';
import { createColumns, findIndexFrom, RecordsBuilder, toRecords } from './records.ts';

const identify = (runId: string, sequence: number) => ({ runId, producer: 'driver', sequence });
const RECORDS: readonly LoggedRecord[] = [
  { partition: 3, offset: 10, key: 'a', storedAt: 5, valueCrc: 0, identity: identify('mine', 0) },
  { partition: 3, offset: 12, key: null, identity: identify('other', 0) },
  { partition: 3, offset: 15, key: 'b', valueCrc: 0xff_ff_ff_ff },
  { partition: 3, offset: 2 ** 40, key: 'a', storedAt: 0, identity: identify('mine', 1) },
];

describe('Records', () => {
  it('gives each record back as it was', () => {
    const records = toRecords(3, new Names(), RECORDS);
    expect([...records]).toEqual(RECORDS);
    expect([9, 10, 11, 15, 16, 2 ** 40 + 1].map((offset) => findIndexFrom(records, offset))).toEqual([
      0, 0, 1, 2, 3, 4,
    ]);
    expect(records.offsetAt(4)).toBeNaN();
    expect(() => records.at(4)).toThrow(RangeError);
  });

  it('selects those of a run', () => {
    const records = toRecords(3, new Names(), RECORDS);
    expect([...records.ofRun('mine')]).toEqual([RECORDS[0], RECORDS[3]]);
    expect([...records.ofRun('mine').ofRun('mine')]).toEqual([RECORDS[0], RECORDS[3]]);
    expect([...records.ofRun('nobody')]).toEqual([]);
  });

  it('puts what was read in another order, or twice, in order and once', () => {
    const shuffled = [3, 1, 2, 0, 1, 3].flatMap((index) => RECORDS[index] ?? []);
    expect([...toRecords(3, new Names(), shuffled)]).toEqual(RECORDS);
  });

  it('keeps two records that stand in the same place', () => {
    const [first, , , last] = RECORDS;
    const twice = [first, last, last && { ...last, identity: identify('mine', 7) }].flatMap((record) => record ?? []);
    expect([...toRecords(3, new Names(), twice)]).toEqual(twice);
  });

  it('sees nothing of what stood in its columns before', () => {
    const columns = createColumns(4);
    const names = new Names();
    for (const count of [4, 1]) {
      const builder = new RecordsBuilder(3, names, columns);
      for (const { offset, key, storedAt, valueCrc, identity } of RECORDS.slice(0, count))
        builder.add(offset, key, storedAt, valueCrc, identity);
      const records = builder.build();
      expect([...records]).toEqual(RECORDS.slice(0, count));
      expect(records.offsetAt(count)).toBeNaN();
      expect(findIndexFrom(records, 2 ** 50)).toBe(count);
    }
  });
});
