import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { blob, compactBlob, compactText, int16, int32, int64, taggedFields, text, varint } from './assemble-bytes.ts';
import { ByteReader, DamagedBytesError, readOrElse } from './byte-reader.ts';

const HUGE_COUNT = 0x7fff_ffff;

const open = (...parts: Buffer[]): ByteReader => new ByteReader(Buffer.concat(parts));

describe('ByteReader', () => {
  it('reads one value after the other and then is at the end', () => {
    const reader = open(int16(-2), int32(-70_000), int64(1_763_800_000_000n), text('gruppe ä'), compactText('λ'));
    expect(reader.readInt16()).toBe(-2);
    expect(reader.readInt32()).toBe(-70_000);
    expect(reader.readInt64()).toBe(1_763_800_000_000);
    expect(reader.readString()).toBe('gruppe ä');
    expect(reader.readCompactString()).toBe('λ');
    expect(reader.remaining).toBe(0);
    expect(() => reader.expectEnd()).not.toThrow();
  });

  it('tells null from nothing', () => {
    const reader = open(text(null), text(''), compactText(null), compactText(''), blob(null), blob(Buffer.alloc(0)));
    expect(reader.readNullableString()).toBeNull();
    expect(reader.readNullableString()).toBe('');
    expect(reader.readCompactNullableString()).toBeNull();
    expect(reader.readCompactNullableString()).toBe('');
    expect(reader.readNullableBytes()).toBeNull();
    expect(reader.readNullableBytes()).toEqual(Buffer.alloc(0));
  });

  it('reads every length that fits 32 bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (value) => {
        const reader = open(varint(value));
        expect(reader.readUnsignedVarint()).toBe(value);
        expect(reader.remaining).toBe(0);
      }),
    );
  });

  it('copies bytes, so that they outlive the buffer they came in', () => {
    const source = Buffer.concat([blob(Buffer.from([1, 2])), compactBlob(Buffer.from([3]))]);
    const reader = new ByteReader(source);
    const copies = [reader.readBytes(), reader.readCompactBytes()];
    source.fill(0);
    expect(copies).toEqual([Buffer.from([1, 2]), Buffer.from([3])]);
  });

  it('passes over tagged fields it knows nothing about', () => {
    const reader = open(taggedFields({ 0: Buffer.from('new'), 300: Buffer.alloc(200) }), int16(5));
    reader.skipTaggedFields();
    expect(reader.readInt16()).toBe(5);
  });

  it.each([
    { title: 'a number cut short', bytes: Buffer.alloc(3), read: (reader: ByteReader) => reader.readInt32() },
    { title: 'no bytes', bytes: Buffer.alloc(0), read: (reader: ByteReader) => reader.readUnsignedVarint() },
    { title: 'a text cut short', bytes: text('abc').subarray(0, 4), read: (reader: ByteReader) => reader.readString() },
    { title: 'null for a text', bytes: text(null), read: (reader: ByteReader) => reader.readString() },
    { title: 'null for a compact text', bytes: varint(0), read: (reader: ByteReader) => reader.readCompactString() },
    { title: 'null for bytes', bytes: int32(-1), read: (reader: ByteReader) => reader.readBytes() },
    { title: 'null for compact bytes', bytes: varint(0), read: (reader: ByteReader) => reader.readCompactBytes() },
    { title: 'a negative length', bytes: int16(-7), read: (reader: ByteReader) => reader.readNullableString() },
    { title: 'a huge length', bytes: int32(HUGE_COUNT), read: (reader: ByteReader) => reader.readNullableBytes() },
    {
      title: 'a huge compact length',
      bytes: varint(0xffff_ffff),
      read: (reader: ByteReader) => reader.readCompactBytes(),
    },
    {
      title: 'a huge number of tagged fields',
      bytes: Buffer.concat([varint(0xffff_ffff), taggedFields({ 0: Buffer.alloc(1) })]),
      read: (reader: ByteReader) => reader.skipTaggedFields(),
    },
    {
      title: 'a length that never ends',
      bytes: Buffer.alloc(64, 0xff),
      read: (reader: ByteReader) => reader.readUnsignedVarint(),
    },
    { title: 'an offset past 2^53', bytes: int64(2n ** 60n), read: (reader: ByteReader) => reader.readInt64() },
    { title: 'bytes after the end', bytes: Buffer.alloc(1), read: (reader: ByteReader) => reader.expectEnd() },
  ])('refuses $title', ({ bytes, read }) => {
    expect(() => read(new ByteReader(bytes))).toThrow(DamagedBytesError);
  });

  it.each([
    {
      title: 'array',
      read: (reader: ByteReader, item: () => void) => reader.readArray(item),
      count: int32(HUGE_COUNT),
    },
    {
      title: 'array of null',
      read: (reader: ByteReader, item: () => void) => reader.readArray(item),
      count: int32(-1),
    },
    {
      title: 'compact array',
      read: (reader: ByteReader, item: () => void) => reader.readCompactArray(item),
      count: varint(0xffff_ffff),
    },
  ])('reads not one item of an $title that cannot have as many as it says', ({ read, count }) => {
    let items = 0;
    const reader = open(count, Buffer.alloc(1000));
    expect(() => read(reader, () => (items += 1))).toThrow(DamagedBytesError);
    expect(items).toBe(0);
  });
});

describe('readOrElse', () => {
  it('takes the second way out for damaged bytes only', () => {
    expect(readOrElse(() => 'whole', String)).toBe('whole');
    expect(readOrElse(() => open().readInt16(), String)).toBe('2 expected, 0 bytes left');
    const fail = (): never => {
      throw new TypeError('a defect');
    };
    expect(() => readOrElse(fail, String)).toThrow('a defect');
  });
});
