import { describe, expect, it } from '@jest/globals';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { snappyCompress } from 'hysnappy';
import { GZIP, LZ4, SNAPPY, ZSTD } from '../testing/batch-fixture.ts';
import { computeCrc32c } from './crc32c.ts';
import { decompress } from './decompress.ts';

const PLAIN = Buffer.from(Array.from({ length: 40 }, (_, index) => `the same again and again ${index % 7}, `).join(''));
const base64 = (bytes: string): Buffer => Buffer.from(bytes, 'base64');

/** As the libraries of the field wrote them: python-lz4, snappy. */
const LZ4_INDEPENDENT = base64(
  'BCJNGGBAgkgAAADzA3RoZSBzYW1lIGFnYWluIGFuZAoAPzAsIBwABh8xHAAIHzIcAAgfMxwACB80HAAIHzUcAAgfNhwACA/EAP///25QbiA0LCAAAAAA',
);
const LZ4_WITH_CHECKSUMS = base64(
  'BCJNGHxAYAQAAAAAAAAySAAAAPMDdGhlIHNhbWUgYWdhaW4gYW5kCgA/MCwgHAAGHzEcAAgfMhwACB8zHAAIHzQcAAgfNRwACB82HAAID8QA////blBuIDQsIM0psCkAAAAAwc2+ng==',
);
const SNAPPY_BLOCK = base64(
  '4AhEdGhlIHNhbWUgYWdhaW4gYW5kDQoIMCwgYhwAADFqHAAAMmocAAAzahwAADRqHAAANWocAAA2ahwA/sQA/sQA/sQA/sQA/sQA/sQA/sQA/sQA/sQA/sQA/sQA/sQA/sQA7sQADcQ=',
);

/** As snappy-java frames blocks: a header, then each with its length. */
function frameXerial(blocks: readonly Buffer[]): Buffer {
  const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const framed = blocks.flatMap((block) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    return [length, block];
  });
  return Buffer.concat([header, ...framed]);
}

describe('decompress', () => {
  it.each([
    ['gzip', GZIP, gzipSync(PLAIN)],
    ['Zstandard', ZSTD, zstdCompressSync(PLAIN)],
    ['a raw Snappy block', SNAPPY, SNAPPY_BLOCK],
    ['Snappy as Java frames it', SNAPPY, frameXerial([Buffer.from(snappyCompress(PLAIN))])],
    ['LZ4 with independent blocks', LZ4, LZ4_INDEPENDENT],
    ['LZ4 with linked blocks, checksums and its size', LZ4, LZ4_WITH_CHECKSUMS],
  ])('reads %s', (_, codec, bytes) => {
    expect(decompress(codec, bytes).equals(PLAIN)).toBe(true);
  });

  it('joins the blocks of framed Snappy', () => {
    const halves = [PLAIN.subarray(0, 500), PLAIN.subarray(500)].map((half) => Buffer.from(snappyCompress(half)));
    expect(decompress(SNAPPY, frameXerial(halves)).equals(PLAIN)).toBe(true);
  });

  it('reads stored LZ4 blocks', () => {
    const frame = Buffer.concat([
      base64('BCJNGGBAgg=='),
      Buffer.from([3, 0, 0, 0x80]),
      Buffer.from('abc'),
      Buffer.alloc(4),
    ]);
    expect(decompress(LZ4, frame).toString()).toBe('abc');
  });

  it.each([
    ['gzip', GZIP, gzipSync(PLAIN)],
    ['Zstandard', ZSTD, zstdCompressSync(PLAIN)],
    ['Snappy', SNAPPY, SNAPPY_BLOCK],
    ['framed Snappy', SNAPPY, frameXerial([SNAPPY_BLOCK])],
    ['LZ4', LZ4, LZ4_INDEPENDENT],
  ])('refuses %s that decompresses to more than it may', (_, codec, bytes) => {
    expect(() => decompress(codec, bytes, 1119)).toThrow(/decompresses to more than/);
  });

  it.each([5, 6, 7])('refuses codec %s, which nobody knows', (codec) => {
    expect(() => decompress(codec, PLAIN)).toThrow(`codec that is not known, number ${codec}`);
  });

  it('says of any damage that it is one, and goes on with the next', () => {
    const sources = [
      [GZIP, gzipSync(PLAIN)],
      [ZSTD, zstdCompressSync(PLAIN)],
      [SNAPPY, SNAPPY_BLOCK],
      [SNAPPY, frameXerial([SNAPPY_BLOCK])],
      [LZ4, LZ4_WITH_CHECKSUMS],
    ] as const;
    for (const [codec, bytes] of sources) {
      for (let at = 0; at < bytes.length; at += 1) {
        for (const damaged of [bytes.subarray(0, at), change(bytes, at)]) {
          // Some damage only changes what comes out: the checksum around it tells.
          try {
            decompress(codec, damaged);
          } catch (error) {
            expect(error).toMatchObject({ name: 'UnreadableError' });
          }
        }
      }
      expect(decompress(codec, bytes).equals(PLAIN)).toBe(true);
    }
  });
});

function change(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 0xff, at);
  return changed;
}

describe('computeCrc32c', () => {
  it('is that of RFC 3720', () => {
    expect(computeCrc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(computeCrc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
    expect(computeCrc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(computeCrc32c(Buffer.from('xx123456789'), 2)).toBe(0xe3069283);
    expect(computeCrc32c(Buffer.alloc(0))).toBe(0);
  });
});
