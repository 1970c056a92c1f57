import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestValue, EMPTY_DIGEST, extendDigest, formatDigest } from '../../lib/contracts/receipt-digest.ts';
import { receiptSchema } from '../../lib/contracts/receipt.ts';
import { createLedger, type Ledger } from './ledger.ts';

const create = () => createLedger({ topic: 'app', partition: 2, member: 'consumer-1' });
const valueOf = (offset: number): Buffer | null => (offset % 5 === 0 ? null : Buffer.from(`value ${String(offset)}`));

/** Notes a record; nothing lies between it and the one before, unless told otherwise. */
function add(
  ledger: Ledger,
  offset: number,
  follows = offset,
  [from, to]: readonly [number, number] = [0, 0],
  generation = 4,
): void {
  const times = { startedAtMs: from, finishedAtMs: to };
  ledger.add({ offset, value: valueOf(offset), follows, generation, ...times });
}

function digestOf(offsets: readonly number[]): string {
  return formatDigest(
    offsets.reduce((digest, offset) => extendDigest(digest, offset, digestValue(valueOf(offset))), EMPTY_DIGEST),
  );
}

describe('createLedger', () => {
  it('joins the records of a partition into one run, and says how many and which they are', () => {
    const ledger = create();
    add(ledger, 10, 10, [1000, 1001]);
    add(ledger, 11, 11, [1001, 1002]);
    // The log holds no record at 12.
    add(ledger, 13, 12, [1002, 1005]);
    const taken = ledger.take();
    expect(taken).toMatchObject({ records: 3, commitOffset: 14 });
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

  it('ends a run with the generation, and keeps each record in that in which it was begun', () => {
    const ledger = create();
    for (const [offset, generation] of [
      [10, 4],
      [11, 4],
      [12, 5],
      [13, 5],
    ] as const) {
      add(ledger, offset, offset, [0, 0], generation);
    }
    expect(ledger.take()).toMatchObject({
      records: 4,
      commitOffset: 14,
      receipts: [
        { from: 10, to: 11, generation: 4 },
        { from: 12, to: 13, generation: 5 },
      ],
    });
  });

  it('counts records as open until they are closed', () => {
    const ledger = create();
    add(ledger, 1);
    add(ledger, 2);
    const first = ledger.take();
    if (first === undefined) throw new Error('something is open');
    add(ledger, 3);
    expect(ledger.openRecords).toBe(3);
    ledger.close(first);
    expect(ledger.openRecords).toBe(1);
    expect(ledger.take()).toMatchObject({ receipts: [{ from: 3, to: 3, records: 1 }] });
    expect(ledger.take()).toBeUndefined();
  });

  it('commits past offsets that hold no record, and claims them in no receipt', () => {
    const ledger = create();
    add(ledger, 4);
    ledger.pass(9);
    const processed = ledger.take();
    expect(processed).toMatchObject({ records: 1, commitOffset: 9, receipts: [{ from: 4, to: 4 }] });
    if (processed) ledger.close(processed);
    ledger.pass(30);
    expect(ledger.openRecords).toBe(0);
    expect(ledger.take()).toMatchObject({ records: 0, commitOffset: 30, receipts: [] });
  });

  it('goes on with a run behind what was passed, and begins a receipt at its first record', () => {
    const ledger = create();
    ledger.pass(9);
    add(ledger, 9);
    ledger.pass(12);
    add(ledger, 13, 12);
    expect(ledger.take()).toMatchObject({ commitOffset: 14, receipts: [{ from: 9, to: 13, records: 2 }] });
  });

  it('ends a run where a record was left out, or taken away unread', () => {
    const ledger = create();
    add(ledger, 4);
    add(ledger, 6);
    ledger.leap(50);
    add(ledger, 50);
    const taken = ledger.take();
    expect(taken).toMatchObject({ records: 3, commitOffset: 51 });
    expect(taken?.receipts).toMatchObject([
      { from: 4, to: 4, digest: digestOf([4]) },
      { from: 6, to: 6 },
      { from: 50, to: 50 },
    ]);
  });

  it('does not commit the same offset again', () => {
    const ledger = create();
    add(ledger, 4);
    ledger.take();
    ledger.pass(5);
    expect(ledger.take()).toBeUndefined();
    ledger.pass(6);
    expect(ledger.take()).toMatchObject({ commitOffset: 6 });
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
          if (fate === 'processed') add(ledger, offset, follows);
          if (fate !== 'no record') follows = offset + 1;
          if (isTaken) receipts.push(...(ledger.take()?.receipts ?? []));
        }
        receipts.push(...(ledger.take()?.receipts ?? []));
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
