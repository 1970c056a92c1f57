import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestValue, EMPTY_DIGEST, extendDigest, formatDigest } from '../../lib/contracts/receipt-digest.ts';
import { receiptSchema } from '../../lib/contracts/receipt.ts';
import { createLedger, type Ledger } from './ledger.ts';

const create = () => createLedger({ topic: 'app', member: 'consumer-1', generation: 4 });
const valueOf = (offset: number): Buffer | null => (offset % 5 === 0 ? null : Buffer.from(`value ${String(offset)}`));

/** Notes a record; nothing lies between it and the one before, unless told otherwise. */
function add(ledger: Ledger, partition: number, offset: number, follows = offset, [from, to] = [0, 0]): void {
  ledger.add({ partition, offset, value: valueOf(offset) }, follows, from, to);
}

function digestOf(offsets: readonly number[]): string {
  return formatDigest(
    offsets.reduce((digest, offset) => extendDigest(digest, offset, digestValue(valueOf(offset))), EMPTY_DIGEST),
  );
}

describe('createLedger', () => {
  it('joins the records of a partition into one run, and says how many and which they are', () => {
    const ledger = create();
    add(ledger, 2, 10, 10, [1000, 1001]);
    add(ledger, 2, 11, 11, [1001, 1002]);
    // The log holds no record at 12.
    add(ledger, 2, 13, 12, [1002, 1005]);
    add(ledger, 3, 7);
    expect(ledger.openPartitions).toEqual([2, 3]);
    const taken = ledger.takeRuns(2);
    expect(taken).toMatchObject({ partition: 2, records: 3, commitOffset: 14 });
    expect(taken?.receipts.map((receipt) => receiptSchema.parse(receipt))).toEqual([
      {
        topic: 'app',
        partition: 2,
        from: 10,
        to: 13,
        member: 'consumer-1',
        generation: 4,
        records: 3,
        digest: digestOf([10, 11, 13]),
        startedAt: '1970-01-01T00:00:01.000Z',
        finishedAt: '1970-01-01T00:00:01.005Z',
      },
    ]);
  });

  it('counts records as open until they are closed', () => {
    const ledger = create();
    add(ledger, 0, 1);
    add(ledger, 0, 2);
    const first = ledger.takeRuns(0);
    if (first === undefined) throw new Error('something is open');
    add(ledger, 0, 3);
    expect(ledger.countOpen(0)).toBe(3);
    ledger.close(first);
    expect(ledger.countOpen(0)).toBe(1);
    expect(ledger.takeRuns(0)).toMatchObject({ receipts: [{ from: 3, to: 3, records: 1 }] });
    expect(ledger.takeRuns(0)).toBeUndefined();
    expect(ledger.openPartitions).toEqual([]);
  });

  it('commits past offsets that hold no record, and claims them in no receipt', () => {
    const ledger = create();
    add(ledger, 0, 4);
    ledger.pass(0, 9);
    ledger.pass(1, 30);
    expect(ledger.countOpen(1)).toBe(0);
    const [processed, passed] = [ledger.takeRuns(0), ledger.takeRuns(1)];
    expect(processed).toMatchObject({ partition: 0, records: 1, commitOffset: 9, receipts: [{ from: 4, to: 4 }] });
    expect(passed).toMatchObject({ partition: 1, records: 0, commitOffset: 30, receipts: [] });
  });

  it('goes on with a run behind what was passed, and begins a receipt at its first record', () => {
    const ledger = create();
    ledger.pass(0, 9);
    add(ledger, 0, 9);
    ledger.pass(0, 12);
    add(ledger, 0, 13, 12);
    expect(ledger.takeRuns(0)).toMatchObject({ commitOffset: 14, receipts: [{ from: 9, to: 13, records: 2 }] });
  });

  it('ends a run where a record was left out, or taken away unread', () => {
    const ledger = create();
    add(ledger, 0, 4);
    add(ledger, 0, 6);
    ledger.leap(0, 50);
    add(ledger, 0, 50);
    const taken = ledger.takeRuns(0);
    expect(taken).toMatchObject({ records: 3, commitOffset: 51 });
    expect(taken?.receipts).toMatchObject([
      { from: 4, to: 4, digest: digestOf([4]) },
      { from: 6, to: 6 },
      { from: 50, to: 50 },
    ]);
  });

  it('does not commit the same offset again', () => {
    const ledger = create();
    add(ledger, 0, 4);
    ledger.takeRuns(0);
    ledger.pass(0, 5);
    expect(ledger.openPartitions).toEqual([]);
    ledger.pass(0, 6);
    expect(ledger.takeRuns(0)).toMatchObject({ commitOffset: 6 });
  });

  it('writes receipts that hold what was processed and nothing that was left out, whenever they are taken', () => {
    type Fate = 'processed' | 'left out' | 'no record';
    const fates = fc.array(
      fc.record({
        fate: fc.constantFrom<Fate>('processed', 'processed', 'left out', 'no record'),
        isTaken: fc.boolean(),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(fates, (fates) => {
        const ledger = create();
        const receipts = [];
        let follows = 0;
        for (const [offset, { fate, isTaken }] of fates.entries()) {
          if (fate === 'processed') add(ledger, 0, offset, follows);
          if (fate !== 'no record') follows = offset + 1;
          if (isTaken) receipts.push(...(ledger.takeRuns(0)?.receipts ?? []));
        }
        receipts.push(...(ledger.takeRuns(0)?.receipts ?? []));
        const offsetsOf = (...wanted: Fate[]): number[] =>
          fates.flatMap(({ fate }, offset) => (wanted.includes(fate) ? [offset] : []));
        const claimed = receipts.map(({ from, to, records, digest }) => {
          const inside = offsetsOf('processed', 'left out').filter((offset) => from <= offset && offset <= to);
          expect([records, digest]).toEqual([inside.length, digestOf(inside)]);
          return inside;
        });
        expect(claimed.flat()).toEqual(offsetsOf('processed'));
      }),
    );
  });
});
