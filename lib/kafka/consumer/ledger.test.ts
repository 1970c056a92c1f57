import { describe, expect, it } from '@jest/globals';
import { receiptSchema } from '../../contracts/receipt.ts';
import { createLedger } from './ledger.ts';

const create = () => createLedger({ topic: 'app', member: 'consumer-1', generation: 4 });

describe('createLedger', () => {
  it('joins the records of a partition into one run', () => {
    const ledger = create();
    ledger.add(2, 10, 1000, 1001);
    ledger.add(2, 11, 1001, 1002);
    ledger.add(2, 13, 1002, 1005);
    ledger.add(3, 7, 1000, 1001);
    expect(ledger.openPartitions).toEqual([2, 3]);
    const run = ledger.takeRun(2);
    expect(run).toMatchObject({ partition: 2, records: 3, commitOffset: 14 });
    expect(receiptSchema.parse(run?.receipt)).toEqual({
      topic: 'app',
      partition: 2,
      from: 10,
      to: 13,
      member: 'consumer-1',
      generation: 4,
      startedAt: '1970-01-01T00:00:01.000Z',
      finishedAt: '1970-01-01T00:00:01.005Z',
    });
  });

  it('counts records as open until their run is closed', () => {
    const ledger = create();
    ledger.add(0, 1, 0, 0);
    ledger.add(0, 2, 0, 0);
    const first = ledger.takeRun(0);
    if (first === undefined) throw new Error('there is a run');
    ledger.add(0, 3, 0, 0);
    expect(ledger.countOpen(0)).toBe(3);
    ledger.close(first);
    expect(ledger.countOpen(0)).toBe(1);
    expect(ledger.takeRun(0)).toMatchObject({ receipt: { from: 3, to: 3 } });
    expect(ledger.takeRun(0)).toBeUndefined();
    expect(ledger.openPartitions).toEqual([]);
  });
});
