/** The compression of record batches, by the numbers of Kafka's protocol. */
import { snappyUncompressor } from 'hysnappy';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { messageOf } from '../../lib/errors/app-error.ts';
import { decompressLz4Frame } from './lz4-frame.ts';
import { UnreadableError } from './unreadable-error.ts';

/** What a batch may decompress to: beyond it, a small batch could cost a small service its memory. */
const LARGEST_BATCH_BYTES = 32 * 1024 * 1024;

type Decompress = (bytes: Buffer, most: number) => Buffer;

const CODECS: Readonly<Record<number, { readonly name: string; readonly decompress: Decompress }>> = {
  1: { name: 'gzip', decompress: (bytes, most) => gunzipSync(bytes, { maxOutputLength: most }) },
  2: { name: 'Snappy', decompress: decompressSnappy },
  3: { name: 'LZ4', decompress: decompressLz4Frame },
  4: { name: 'Zstandard', decompress: (bytes, most) => zstdDecompressSync(bytes, { maxOutputLength: most }) },
};

/**
 * @param codec the lowest three bits of the batch's attributes; not 0, which is none
 * @throws UnreadableError for an unknown codec, damaged bytes, and for more than `most` bytes
 */
export function decompress(codec: number, bytes: Buffer, most = LARGEST_BATCH_BYTES): Buffer {
  const found = CODECS[codec];
  if (found === undefined)
    throw new UnreadableError(`it is compressed by a codec that is not known, number ${String(codec)}`);
  try {
    return found.decompress(bytes, most);
  } catch (error) {
    if (error instanceof UnreadableError) throw error;
    if (isTooLarge(error)) throw new UnreadableError(`it decompresses to more than ${String(most)} bytes`);
    throw new UnreadableError(`its ${found.name} data is damaged (${messageOf(error)})`);
  }
}

function isTooLarge(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
}

/** Java writes Snappy as blocks behind this header (xerial's snappy-java), others as one raw block. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** Magic, version, and the oldest version that can read it. */
const XERIAL_HEADER_BYTES = 16;

function decompressSnappy(bytes: Buffer, most: number): Buffer {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return decompressSnappyBlock(bytes, most);
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length;) {
    if (at + 4 > bytes.length) throw new UnreadableError('its Snappy data has no end');
    const size = bytes.readInt32BE(at);
    at += 4;
    if (size <= 0 || at + size > bytes.length) throw new UnreadableError('a Snappy block is longer than its data');
    const block = decompressSnappyBlock(bytes.subarray(at, at + size), most - total);
    blocks.push(block);
    total += block.length;
    at += size;
  }
  return blocks.length === 1 && blocks[0] !== undefined ? blocks[0] : Buffer.concat(blocks, total);
}

let uncompress: ReturnType<typeof snappyUncompressor> | undefined;

function decompressSnappyBlock(bytes: Buffer, most: number): Buffer {
  const length = readSnappyLength(bytes);
  if (length > most) throw new UnreadableError(`it decompresses to more than ${String(LARGEST_BATCH_BYTES)} bytes`);
  uncompress ??= snappyUncompressor();
  try {
    const block = uncompress(bytes, length);
    return Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  } catch (error) {
    // Its memory has seen damaged data: the next batch gets a new one.
    uncompress = undefined;
    throw error;
  }
}

/** A Snappy block begins with what it decompresses to, as a varint of at most 32 bits. */
function readSnappyLength(bytes: Buffer): number {
  let length = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[index] ?? 0x80;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new UnreadableError('its Snappy data has no length');
}
