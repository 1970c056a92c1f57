import { describe, expect, it } from '@jest/globals';
import {
  CONTROL,
  encodeBatch,
  encodeMarker,
  encodeRecord,
  GZIP,
  TRANSACTIONAL,
  ZSTD,
  type BatchFixture,
} from '../testing/batch-fixture.ts';
import { createDecodeBudget, decodePartition, type AbortedTransaction } from './decode-partition.ts';

const text = (value: string): Buffer => Buffer.from(value);

function decode(
  offset: number,
  bytes: readonly Buffer[],
  { aborted = [] as readonly AbortedTransaction[], budget = createDecodeBudget() } = {},
) {
  const decoded = decodePartition({ topic: 'app', partition: 3, offset, bytes: Buffer.concat(bytes), aborted }, budget);
  return { ...decoded, offsets: decoded.records.map((record) => record.offset) };
}

const plain = (baseOffset: number, count: number, extra: Partial<BatchFixture> = {}): Buffer =>
  encodeBatch({
    baseOffset,
    records: Array.from({ length: count }, (_, offsetDelta) => ({ offsetDelta, value: text(`v${offsetDelta}`) })),
    ...extra,
  });

/** A message of a format before v2: offset, length, checksum, format, attributes, key, value. */
function oldMessage(offset: number, magic: 0 | 1): Buffer {
  const body = Buffer.alloc(magic === 0 ? 14 : 22);
  body.writeInt8(magic, 4);
  const head = Buffer.alloc(12);
  head.writeBigInt64BE(BigInt(offset), 0);
  head.writeInt32BE(body.length, 8);
  return Buffer.concat([head, body]);
}

describe('decodePartition', () => {
  it('reads what a record holds', () => {
    const records = [
      { offsetDelta: 0, key: text('k'), value: text('v'), timestampDelta: 5 },
      {
        offsetDelta: 300,
        timestampDelta: -7,
        headers: [
          ['a', 'first'],
          ['a', 'second'],
          ['none', null],
          ['__proto__', 'kept'],
        ] as const,
      },
    ];
    const { records: found, next } = decode(10, [encodeBatch({ baseOffset: 10, records })]);
    expect(next).toBe(311);
    expect(found).toEqual([
      { topic: 'app', partition: 3, offset: 10, key: text('k'), value: text('v'), timestampMs: 1005, headers: {} },
      expect.objectContaining({ offset: 310, key: null, value: null, timestampMs: 993 }),
    ]);
    expect(Object.entries(found[1]?.headers ?? {})).toEqual([
      ['a', text('first')],
      ['none', undefined],
      ['__proto__', text('kept')],
    ]);
  });

  it('takes the time of the broker where the topic says so', () => {
    const { records } = decode(0, [plain(0, 1, { attributes: 0x08, maxTimestampMs: 777 })]);
    expect(records[0]?.timestampMs).toBe(777);
  });

  it('reads times beyond 2^53 about right', () => {
    const { records } = decode(0, [plain(0, 1, { baseTimestampMs: 1_764_400_000_000_000_000 })]);
    expect(records[0]?.timestampMs).toBeCloseTo(1_764_400_000_000_000_000, -4);
  });

  it('leaves out what comes before the offset that was asked for', () => {
    expect(decode(12, [plain(10, 5)])).toMatchObject({ offsets: [12, 13, 14], next: 15 });
    expect(decode(15, [plain(10, 5)])).toMatchObject({ offsets: [], next: 15 });
  });

  it('steps over a batch that compaction emptied, and over what it took away behind the last record', () => {
    const emptied = encodeBatch({ baseOffset: 3, lastOffsetDelta: 4, attributes: ZSTD, body: Buffer.alloc(0) });
    expect(decode(3, [emptied])).toMatchObject({ offsets: [], next: 8 });
    expect(decode(0, [plain(0, 2), emptied, plain(8, 1)])).toMatchObject({ offsets: [0, 1, 8], next: 9 });
    expect(decode(0, [plain(0, 2, { lastOffsetDelta: 9 })])).toMatchObject({ offsets: [0, 1], next: 10 });
  });

  it('leaves a batch out that was cut, and tells how long it is when there is nothing else', () => {
    const [first, second] = [plain(0, 2), plain(2, 50)];
    expect(decode(0, [first, second.subarray(0, 70)])).toMatchObject({ offsets: [0, 1], next: 2 });
    expect(decode(0, [first, second.subarray(0, 70)])).not.toHaveProperty('neededBytes');
    expect(decode(2, [second.subarray(0, 70)])).toMatchObject({ offsets: [], next: 2, neededBytes: second.length });
    expect(decode(2, [second.subarray(0, 5)])).toMatchObject({ next: 2, neededBytes: 6 });
    expect(decode(2, [])).toEqual({ records: [], offsets: [], next: 2 });
  });
});

describe('transactions', () => {
  const transactional = (baseOffset: number, producerId: number, count = 2) =>
    plain(baseOffset, count, { attributes: TRANSACTIONAL, producerId });

  it('are followed by a marker that nobody is given, and that is stepped over', () => {
    const bytes = [transactional(0, 7), encodeMarker(2, 7, 'commit')];
    expect(decode(0, bytes)).toMatchObject({ offsets: [0, 1], next: 3 });
    expect(decode(2, bytes)).toMatchObject({ offsets: [], next: 3 });
  });

  it('are told by their records and by their ends, to those who read what is not committed as well', () => {
    const bytes = [transactional(0, 7), plain(2, 1), encodeMarker(3, 7, 'abort'), encodeMarker(4, 8, 'commit')];
    const { records, ends } = decode(0, bytes);
    expect(records.map(({ offset, transaction }) => [offset, transaction])).toEqual([
      [0, 7],
      [1, 7],
      [2, undefined],
    ]);
    expect(ends).toEqual([
      { offset: 3, producerId: 7, isCommitted: false, timestampMs: 1000 },
      { offset: 4, producerId: 8, isCommitted: true, timestampMs: 1000 },
    ]);
    expect(decode(4, bytes).ends).toHaveLength(1);
  });

  it('that were aborted are never there', () => {
    const bytes = [transactional(0, 7), plain(2, 1), encodeMarker(3, 7, 'abort'), transactional(4, 7), plain(6, 1)];
    const aborted = [{ producerId: 7, firstOffset: 0 }];
    expect(decode(0, bytes, { aborted })).toMatchObject({ offsets: [2, 4, 5, 6], next: 7 });
  });

  it('of several producers that began at once, in any order, are told apart', () => {
    const bytes = [
      transactional(0, 7, 1),
      transactional(1, 8, 1),
      transactional(2, 9, 1),
      encodeMarker(3, 8, 'abort'),
      encodeMarker(4, 7, 'abort'),
      encodeMarker(5, 9, 'commit'),
    ];
    const aborted = [
      { producerId: 8, firstOffset: 1 },
      { producerId: 7, firstOffset: 0 },
    ];
    expect(decode(0, bytes, { aborted })).toMatchObject({ offsets: [2], next: 6 });
  });

  it('do not end with a record whose key looks like their end', () => {
    const lookalike = encodeBatch({
      baseOffset: 1,
      attributes: TRANSACTIONAL,
      producerId: 7,
      records: [{ offsetDelta: 0, key: Buffer.alloc(4) }],
    });
    const bytes = [transactional(0, 7, 1), lookalike, transactional(2, 7, 1), encodeMarker(3, 7, 'abort')];
    expect(decode(0, bytes, { aborted: [{ producerId: 7, firstOffset: 0 }] })).toMatchObject({ offsets: [], next: 4 });
  });

  it('hide no record of the same producer outside of them', () => {
    const bytes = [transactional(0, 7, 1), plain(1, 1, { producerId: 7 })];
    expect(decode(0, bytes, { aborted: [{ producerId: 7, firstOffset: 0 }] })).toMatchObject({ offsets: [1], next: 2 });
  });

  it('are followed from batches before the offset that was asked for', () => {
    const bytes = [
      encodeBatch({ baseOffset: 0, lastOffsetDelta: 3, attributes: TRANSACTIONAL | CONTROL, producerId: 7 }),
    ];
    expect(decode(4, bytes)).toMatchObject({ offsets: [], next: 4 });
    const began = [transactional(0, 7, 4), encodeMarker(4, 7, 'abort')];
    expect(decode(3, began, { aborted: [{ producerId: 7, firstOffset: 0 }] })).toMatchObject({ offsets: [], next: 5 });
  });
});

describe('a batch that cannot be read', () => {
  const flip = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(at) ^ 0x01, at);
    return copy;
  };
  const record = encodeRecord({ offsetDelta: 0, value: text('v') });
  const bad: readonly { readonly what: string; readonly bytes: Buffer; readonly says: RegExp }[] = [
    {
      what: 'is damaged',
      bytes: flip(plain(2, 2), 70),
      says: /^it is damaged: its checksum is [0-9a-f]{8}, and [0-9a-f]{8} was stored$/,
    },
    { what: 'has a damaged header', bytes: flip(plain(2, 2), 26), says: /damaged/ },
    { what: 'has codec 5', bytes: plain(2, 1, { attributes: 5 }), says: /codec that is not known, number 5/ },
    { what: 'has codec 7', bytes: plain(2, 1, { attributes: 7 }), says: /number 7/ },
    { what: 'is of format v0', bytes: oldMessage(2, 0), says: /format v0, from before Kafka 0.11/ },
    { what: 'is of format v1', bytes: oldMessage(2, 1), says: /format v1, from before Kafka 0.11/ },
    { what: 'has no length', bytes: Buffer.alloc(30), says: /a length of 0 bytes is none/ },
    { what: 'holds no gzip', bytes: plain(2, 1, { attributes: GZIP, body: text('no') }), says: /gzip data is damaged/ },
    { what: 'counts too many', bytes: plain(2, 1, { recordCount: 2 }), says: /ends within a record/ },
    { what: 'counts too few', bytes: plain(2, 2, { recordCount: 1 }), says: /holds more than/ },
    { what: 'has offsets beyond its end', bytes: plain(2, 2, { lastOffsetDelta: 0 }), says: /do not rise/ },
    {
      what: 'has the same offset twice',
      bytes: encodeBatch({ baseOffset: 2, body: Buffer.concat([record, record]), recordCount: 2, lastOffsetDelta: 1 }),
      says: /do not rise/,
    },
    {
      what: 'ends within a record',
      bytes: encodeBatch({ baseOffset: 2, body: record.subarray(0, 4), recordCount: 1 }),
      says: /longer than its batch/,
    },
  ];

  it.each(bad)('because it $what stops the reading where it stands, in words', ({ bytes, says }) => {
    const decoded = decode(0, [plain(0, 2), bytes, plain(4, 1)]);
    expect(decoded).toMatchObject({ offsets: [0, 1], next: 2, unreadable: expect.stringMatching(says) });
  });

  it('gives none of its records to anybody', () => {
    const good = encodeRecord({ offsetDelta: 0, value: text('v') });
    const body = Buffer.concat([good, Buffer.from([0x7f])]);
    expect(decode(2, [encodeBatch({ baseOffset: 2, body, recordCount: 2, lastOffsetDelta: 1 })])).toMatchObject({
      offsets: [],
      next: 2,
      unreadable: 'a record is longer than its batch',
    });
  });

  it.each([
    ['a field', Buffer.from([12, 0, 0, 0, 40, 1, 0, 0])],
    ['headers', Buffer.from([12, 0, 0, 0, 1, 1, 120])],
    ['a record', Buffer.from([14, 0, 0, 0, 1, 1, 0, 0])],
  ])('whose %s lie about their length costs nothing', (_, body) => {
    expect(decode(2, [encodeBatch({ baseOffset: 2, body, recordCount: 1 })]).unreadable).toMatch(/record/);
  });
});

describe('the budget of an answer', () => {
  it('ends the reading within a batch, and what is left is fetched again', () => {
    const first = decode(0, [plain(0, 5), plain(5, 5)], { budget: { records: 3, bytes: 1000 } });
    expect(first).toMatchObject({ offsets: [0, 1, 2], next: 3 });
    const second = decode(3, [plain(0, 5), plain(5, 5)], { budget: { records: 3, bytes: 1000 } });
    expect(second).toMatchObject({ offsets: [3, 4, 5], next: 6 });
  });

  it('counts what comes out of compressed batches, and takes at least one', () => {
    const zipped = (baseOffset: number) => plain(baseOffset, 40, { attributes: GZIP });
    const budget = { records: 1000, bytes: 10 };
    expect(decode(0, [zipped(0), zipped(40)], { budget })).toMatchObject({ next: 40 });
    expect(decode(0, [zipped(0)], { budget })).toEqual({ records: [], offsets: [], next: 0 });
  });
});
