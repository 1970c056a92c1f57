/**
 * Decompresses LZ4 frames (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). Checksums inside the frame are
 * passed over: the batch around it has one.
 */
import { UnreadableError } from './unreadable-error.ts';

const MAGIC = 0x184d2204;
const HAS_DICTIONARY = 0x01;
const HAS_CONTENT_SIZE = 0x08;
const HAS_BLOCK_CHECKSUMS = 0x10;
const IS_STORED = 0x80000000;
const LEAST_MATCH = 4;

/**
 * @param most bytes that may come out
 * @throws UnreadableError
 */
export function decompressLz4Frame(source: Buffer, most: number): Buffer {
  const { blockSize, hasBlockChecksums, headerLength } = readHeader(source);
  let output: Buffer = Buffer.allocUnsafe(Math.min(most, Math.max(blockSize, source.length * 4)));
  let length = 0;
  for (let at = headerLength; ;) {
    if (at + 4 > source.length) throw new UnreadableError('its LZ4 frame has no end');
    const field = source.readUInt32LE(at);
    at += 4;
    if (field === 0) return output.subarray(0, length);
    const size = field & ~IS_STORED;
    if (size > blockSize || at + size > source.length)
      throw new UnreadableError('an LZ4 block is longer than its frame');
    output = makeRoom(output, length, Math.min(most, length + blockSize));
    const limit = Math.min(output.length, length + blockSize);
    if (field >= IS_STORED) {
      if (length + size > limit) throw tooLarge(most);
      source.copy(output, length, at, at + size);
      length += size;
    } else {
      length = decompressBlock(source, at, at + size, output, length, limit, most);
    }
    at += size + (hasBlockChecksums ? 4 : 0);
  }
}

function readHeader(source: Buffer): { blockSize: number; hasBlockChecksums: boolean; headerLength: number } {
  if (source.length < 7 || source.readUInt32LE(0) !== MAGIC) throw new UnreadableError('it is no LZ4 frame');
  const flags = source.readUInt8(4);
  const blockSizeCode = (source.readUInt8(5) >> 4) & 7;
  if (flags >> 6 !== 1 || blockSizeCode < 4 || (flags & HAS_DICTIONARY) !== 0) {
    throw new UnreadableError('its LZ4 frame is of a kind that Kafka does not use');
  }
  return {
    blockSize: 2 ** (8 + 2 * blockSizeCode),
    hasBlockChecksums: (flags & HAS_BLOCK_CHECKSUMS) !== 0,
    headerLength: 7 + ((flags & HAS_CONTENT_SIZE) !== 0 ? 8 : 0),
  };
}

function makeRoom(output: Buffer, length: number, wanted: number): Buffer {
  if (wanted <= output.length) return output;
  const larger = Buffer.allocUnsafe(Math.max(wanted, output.length * 2));
  output.copy(larger, 0, 0, length);
  return larger;
}

/** @returns where the output ends now */
function decompressBlock(
  source: Buffer,
  start: number,
  end: number,
  output: Buffer,
  length: number,
  limit: number,
  most: number,
): number {
  let at = start;
  let to = length;
  const readLength = (first: number): number => {
    let total = first;
    if (first !== 15) return total;
    for (let byte = 255; byte === 255; total += byte) byte = at < end ? source.readUInt8(at++) : fail();
    return total;
  };
  while (at < end) {
    const token = source.readUInt8(at++);
    const literals = readLength(token >> 4);
    if (at + literals > end) fail();
    if (to + literals > limit) throw tooLarge(most);
    source.copy(output, to, at, at + literals);
    at += literals;
    to += literals;
    // The last sequence of a block is literals alone.
    if (at === end) return to;
    if (at + 2 > end) fail();
    const distance = source.readUInt16LE(at);
    at += 2;
    const match = readLength(token & 15) + LEAST_MATCH;
    if (distance === 0 || distance > to) fail();
    if (to + match > limit) throw tooLarge(most);
    copyMatch(output, to, distance, match);
    to += match;
  }
  return to;
}

/** A match may reach into what it writes: then it repeats. */
function copyMatch(output: Buffer, to: number, distance: number, length: number): void {
  if (distance >= length) {
    output.copyWithin(to, to - distance, to - distance + length);
    return;
  }
  for (let at = to; at < to + length; at += 1) output[at] = output[at - distance] ?? 0;
}

function fail(): never {
  throw new UnreadableError('an LZ4 block is damaged');
}

function tooLarge(most: number): UnreadableError {
  return new UnreadableError(
    `it decompresses to more than ${String(most)} bytes, or a block to more than its frame allows`,
  );
}
