/** Record batches by hand, as producers and brokers write them. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { computeCrc32c } from '../records/crc32c.ts';

export interface RecordFixture {
  readonly offsetDelta: number;
  readonly timestampDelta?: number;
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: readonly (readonly [string, string | null])[];
}

export interface BatchFixture {
  readonly baseOffset: number;
  readonly records?: readonly RecordFixture[];
  /** @default that of the last record */
  readonly lastOffsetDelta?: number;
  readonly attributes?: number;
  readonly producerId?: number;
  /** What stands in place of the records. */
  readonly body?: Buffer;
  readonly recordCount?: number;
  readonly baseTimestampMs?: number;
  readonly maxTimestampMs?: number;
}

export const TRANSACTIONAL = 0x10;
export const CONTROL = 0x20;
export const GZIP = 1;
export const SNAPPY = 2;
export const LZ4 = 3;
export const ZSTD = 4;

export function encodeBatch(batch: BatchFixture): Buffer {
  const {
    baseOffset,
    records = [],
    attributes = 0,
    producerId = -1,
    baseTimestampMs = 1000,
    maxTimestampMs = 2000,
  } = batch;
  const plain = Buffer.concat(records.map(encodeRecord));
  const body = batch.body ?? compress(attributes & 7, plain);
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(baseOffset), 0);
  header.writeInt32BE(header.length + body.length - 12, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(attributes, 21);
  header.writeInt32BE(batch.lastOffsetDelta ?? records.at(-1)?.offsetDelta ?? 0, 23);
  header.writeBigInt64BE(BigInt(baseTimestampMs), 27);
  header.writeBigInt64BE(BigInt(maxTimestampMs), 35);
  header.writeBigInt64BE(BigInt(producerId), 43);
  header.writeInt32BE(batch.recordCount ?? records.length, 57);
  const encoded = Buffer.concat([header, body]);
  encoded.writeUInt32BE(computeCrc32c(encoded, 21), 17);
  return encoded;
}

/** The end of a transaction, as the coordinator writes it: version 0 and the type, then the coordinator's epoch. */
export function encodeMarker(baseOffset: number, producerId: number, kind: 'commit' | 'abort'): Buffer {
  const key = Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]);
  const records = [{ offsetDelta: 0, key, value: Buffer.alloc(6) }];
  return encodeBatch({ baseOffset, producerId, attributes: TRANSACTIONAL | CONTROL, records });
}

export function encodeRecord(record: RecordFixture): Buffer {
  const { offsetDelta, timestampDelta = 0, key = null, value = null, headers = [] } = record;
  const body = Buffer.concat([
    Buffer.from([0]),
    encodeVarint(timestampDelta),
    encodeVarint(offsetDelta),
    encodeBytes(key),
    encodeBytes(value),
    encodeVarint(headers.length),
    ...headers.flatMap(([name, text]) => [
      encodeBytes(Buffer.from(name)),
      encodeBytes(text === null ? null : Buffer.from(text)),
    ]),
  ]);
  return Buffer.concat([encodeVarint(body.length), body]);
}

function encodeVarint(value: number): Buffer {
  let left = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Buffer.from([...bytes, Number(left)]);
}

function encodeBytes(bytes: Buffer | null): Buffer {
  return bytes === null ? encodeVarint(-1) : Buffer.concat([encodeVarint(bytes.length), bytes]);
}

function compress(codec: number, plain: Buffer): Buffer {
  if (codec === GZIP) return gzipSync(plain);
  if (codec === ZSTD) return zstdCompressSync(plain);
  return plain;
}
