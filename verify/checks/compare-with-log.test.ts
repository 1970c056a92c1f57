import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY_DIGEST, extendDigest, formatDigest } from '../../lib/contracts/receipt-digest.ts';
import { compareWithLog, listUnshown, type Comparison } from './compare-with-log.ts';
import { buildReceipt, RUN_ID, withoutCount } from '../testing/history-fixture.ts';
import type { LedgerEntry, LoggedRecord, PartitionRange } from './history.ts';
import { Names } from './names.ts';
import { toRecords } from './records.ts';

/** A log with a gap at 13 and 14. */
const OFFSETS = [10, 11, 12, 15, 16];
const LOG_RANGE: PartitionRange = { partition: 0, logStart: 10, logEnd: 17, endBeforeRun: 10 };

const toRecord = (offset: number): LoggedRecord => ({
  partition: 0,
  offset,
  key: 'a',
  valueCrc: offset * 1000,
  identity: { runId: RUN_ID, producer: 'producer-a', sequence: offset },
});
const digestOf = (offsets: readonly number[]): string =>
  formatDigest(offsets.reduce((digest, offset) => extendDigest(digest, offset, offset * 1000), EMPTY_DIGEST));

function compare(
  claim: Partial<LedgerEntry>,
  { logRange = LOG_RANGE, logged = OFFSETS.map(toRecord) } = {},
): Comparison {
  const receipt = buildReceipt({ partition: 0, from: 10, to: 16, ledgerOffset: 0 }, claim);
  const written = [claim.records === undefined ? withoutCount(receipt) : receipt];
  const [comparison] = compareWithLog({ logged: toRecords(0, new Names(), logged), written, logRange });
  if (comparison === undefined) throw new Error('there is one for each receipt');
  return comparison;
}

describe('compareWithLog', () => {
  it.each<{ claim: Partial<LedgerEntry>; kind: Comparison['kind']; why: string }>([
    { claim: { records: 5, digest: digestOf(OFFSETS) }, kind: 'all', why: 'count and digest are those of the log' },
    { claim: { records: 5 }, kind: 'all', why: 'the count is that of the log, and there is no digest' },
    { claim: { digest: digestOf(OFFSETS) }, kind: 'all', why: 'the digest is, and there is no count' },
    { claim: { records: 4, digest: digestOf([10, 12, 15, 16]) }, kind: 'fewer', why: 'one was left out' },
    { claim: { records: 6, digest: digestOf([...OFFSETS, 16]) }, kind: 'more', why: 'it counts what the log has not' },
    { claim: { records: 5, digest: digestOf([10, 11, 12, 13, 16]) }, kind: 'others', why: 'another record is in it' },
    { claim: { digest: digestOf([10, 12, 15, 16]) }, kind: 'others', why: 'the digest alone is another' },
    { claim: {}, kind: 'ends', why: 'it says nothing of itself' },
    { claim: { from: 12, to: 12 }, kind: 'all', why: 'it is of a single offset' },
    { claim: { from: 12, to: 14 }, kind: 'all', why: 'the log holds one record there' },
    { claim: { to: 17, records: 6 }, kind: 'beyond', why: 'it reaches beyond the end' },
    { claim: { from: 9, records: 6 }, kind: 'beyond', why: 'it begins before what was read' },
    { claim: { from: 9, records: 4 }, kind: 'fewer', why: 'what was read of the log alone is more' },
  ])('finds $kind when $why', ({ claim, kind }) => {
    expect(compare(claim).kind).toBe(kind);
  });

  it('takes what was read before and behind the run for its comparisons', () => {
    const logged = [8, 9, ...OFFSETS, 17].map(toRecord);
    const logRange = { ...LOG_RANGE, readFrom: 8, readTo: 18 };
    const offsets = logged.map(({ offset }) => offset);
    const claim = { from: 8, to: 17, records: 8, digest: digestOf(offsets) };
    expect(compare(claim, { logged, logRange })).toMatchObject({ kind: 'all', loggedRecords: 8 });
    expect(compare({ ...claim, records: 7 }, { logged, logRange }).kind).toBe('fewer');
  });

  it('judges by the count alone when an older evidence does not tell the values', () => {
    const logged = OFFSETS.map(toRecord).map((record) => {
      const older: LoggedRecord & { valueCrc?: number } = { ...record };
      delete older.valueCrc;
      return older;
    });
    expect(compare({ records: 5, digest: '00000000' }, { logged }).kind).toBe('all');
    expect(compare({ digest: '00000000' }, { logged }).kind).toBe('ends');
  });

  it('compares nothing with a log that was not read', () => {
    const written = [buildReceipt({ partition: 0, from: 10, to: 16, ledgerOffset: 0 })];
    expect(compareWithLog({ logged: toRecords(0, new Names(), []), written, logRange: undefined })).toEqual([]);
  });

  it('sees whatever is left out, put in or exchanged in any run of any log', () => {
    const offsets = fc.uniqueArray(fc.nat({ max: 60 }), { minLength: 3, maxLength: 40 });
    const sorted = offsets.map((each) => each.sort((a, b) => a - b));
    fc.assert(
      fc.property(sorted, fc.nat(), (offsets, at) => {
        const logged = offsets.map(toRecord);
        const [from = 0, to = 0] = [offsets[0], offsets.at(-1)];
        const logRange = { ...LOG_RANGE, logStart: 0, endBeforeRun: 0, logEnd: to + 1 };
        const kindOf = (claimed: readonly number[]): Comparison['kind'] =>
          compare({ from, to, records: claimed.length, digest: digestOf(claimed) }, { logged, logRange }).kind;
        const place = at % offsets.length;
        expect(kindOf(offsets)).toBe('all');
        expect(kindOf(offsets.toSpliced(place, 1))).toBe('fewer');
        expect(kindOf(offsets.toSpliced(place, 0, 100))).toBe('more');
        expect(kindOf(offsets.with(place, 100))).toBe('others');
      }),
    );
  });
});

describe('listUnshown', () => {
  const list = (claims: readonly Partial<LedgerEntry>[]): number[] => {
    const records = toRecords(0, new Names(), OFFSETS.map(toRecord));
    const comparisons = claims.map((claim) => compare(claim));
    const receipts = comparisons.map(({ receipt }) => receipt);
    return [...listUnshown({ records, receipts, comparisons })].map(({ index }) => records.offsetAt(index));
  };

  it('lists what lies between the ends of receipts that say nothing of it, once', () => {
    expect(list([{}, {}])).toEqual([11, 12, 15]);
  });

  it('leaves out what another receipt shows, before it or after', () => {
    expect(list([{ from: 11, to: 12, records: 2 }, {}])).toEqual([15]);
    expect(list([{}, { from: 15, to: 15 }, { from: 12, to: 16 }])).toEqual([11]);
    expect(list([{ to: 20, records: 9 }, { records: 5 }])).toEqual([]);
  });

  it('lists all of what a receipt reaches that was not read to its end', () => {
    expect(list([{ from: 12, to: 20, records: 3 }])).toEqual([12, 15, 16]);
  });
});
