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

  it('commits past offsets that hold no record, and claims them in no receipt', () => {
    const ledger = create();
    ledger.add(0, 4, 0, 0);
    ledger.pass(0, 9);
    ledger.pass(1, 30);
    expect(ledger.countOpen(1)).toBe(0);
    const [processed, passed] = [ledger.takeRun(0), ledger.takeRun(1)];
    expect(processed).toMatchObject({ partition: 0, records: 1, commitOffset: 9, receipt: { from: 4, to: 4 } });
    expect(passed).toMatchObject({ partition: 1, records: 0, commitOffset: 30, receipt: undefined });
  });

  it('begins a receipt at the first record behind what was passed', () => {
    const ledger = create();
    ledger.pass(0, 9);
    ledger.add(0, 9, 5, 6);
    expect(ledger.takeRun(0)).toMatchObject({ commitOffset: 10, receipt: { from: 9, to: 9 } });
  });

  it('does not commit the same offset again', () => {
    const ledger = create();
    ledger.add(0, 4, 0, 0);
    ledger.takeRun(0);
    ledger.pass(0, 5);
    expect(ledger.openPartitions).toEqual([]);
    ledger.pass(0, 6);
    expect(ledger.takeRun(0)).toMatchObject({ commitOffset: 6 });
  });
});
