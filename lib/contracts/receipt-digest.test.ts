import { readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestValue, EMPTY_DIGEST, extendDigest, formatDigest } from './receipt-digest.ts';

interface Sample {
  readonly offset: number;
  readonly value: Buffer | null;
}

const digestOf = (records: readonly Sample[]): string =>
  formatDigest(
    records.reduce((digest, { offset, value }) => extendDigest(digest, offset, digestValue(value)), EMPTY_DIGEST),
  );

/** The records of the documentation's example, and their digest there. */
const DOCUMENTED: readonly Sample[] = [
  { offset: 120, value: Buffer.from('{"name":"Grüße"}') },
  { offset: 121, value: null },
  { offset: 4_294_967_299, value: Buffer.from('x') },
];

describe('the digest of a run', () => {
  it('is the one that the contract shows', () => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/bring-your-own-consumer.md'), 'utf8');
    expect(digestOf(DOCUMENTED)).toBe('86ee53ee');
    expect(page).toContain('`86ee53ee`');
    expect(formatDigest(EMPTY_DIGEST)).toBe('00000000');
  });

  it('is one CRC-32 over offsets and the CRC-32 of values', () => {
    const records = fc.array(
      fc.record({
        offset: fc.maxSafeNat(),
        value: fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
      }),
    );
    fc.assert(
      fc.property(records, (records) => {
        const bytes = records.map(({ offset, value }) => {
          const of = Buffer.alloc(12);
          of.writeBigUInt64BE(BigInt(offset));
          of.writeUInt32BE(crc32(value ?? ''), 8);
          return of;
        });
        expect(digestOf(records)).toBe(crc32(Buffer.concat(bytes)).toString(16).padStart(8, '0'));
      }),
    );
  });

  it('differs when one record is another, missing, or elsewhere', () => {
    const [first, second, third] = DOCUMENTED as [Sample, Sample, Sample];
    const all = [
      [first, second, third],
      [first, third],
      [second, third],
      [{ ...first, offset: 119 }, second, third],
      [first, { ...second, value: Buffer.from('x') }, third],
      [second, first, third],
    ].map(digestOf);
    expect(new Set(all).size).toBe(all.length);
  });
});
