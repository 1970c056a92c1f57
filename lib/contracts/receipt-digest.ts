/**
 * The digest of a run of records: CRC-32 over, for each record in the order of offsets, its offset (8 bytes, big endian)
 * and the CRC-32 of its value (4 bytes, big endian). So one number for each record of a log is enough to tell the digest
 * of any run of it. CRC-32 is that of zlib, gzip and PNG.
 */
import { crc32 } from 'node:zlib';

/** The digest of no record: what the first one of a run extends. */
export const EMPTY_DIGEST = 0;

const ONE_RECORD = Buffer.alloc(12);
const NO_VALUE = Buffer.alloc(0);

/** What the digest takes of a record's value; a record without a value counts as one with an empty value. */
export function digestValue(value: Buffer | null): number {
  return crc32(value ?? NO_VALUE);
}

/** @returns the digest of a run with one more record, the one at the offset */
export function extendDigest(digest: number, offset: number, valueCrc: number): number {
  ONE_RECORD.writeUInt32BE(Math.floor(offset / 2 ** 32), 0);
  ONE_RECORD.writeUInt32BE(offset >>> 0, 4);
  ONE_RECORD.writeUInt32BE(valueCrc, 8);
  return crc32(ONE_RECORD, digest);
}

/** @returns a digest as a receipt has it: eight hexadecimal digits */
export function formatDigest(digest: number): string {
  return digest.toString(16).padStart(8, '0');
}
