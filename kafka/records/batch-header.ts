/** The header of a record batch, format v2: https://kafka.apache.org/documentation/#recordbatch */
import { computeCrc32c } from './crc32c.ts';
import { UnreadableError } from './unreadable-error.ts';

/** What stands before the part that the length counts: the first offset and the length. */
const PREFIX_BYTES = 12;
const CRC_AT = 17;
/** The checksum is over everything behind itself. */
const CHECKED_FROM = 21;
const HEADER_BYTES = 61;
const MAGIC_AT = 16;

/** What stands before the records of a batch (version 2 of the format), and the records still encoded. */
export interface BatchHeader {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** Number of the compression, 0 for none. */
  readonly codec: number;
  readonly isTransactional: boolean;
  /** Holds the end of a transaction, and no record. */
  readonly isControl: boolean;
  /** The time of all records, when the broker sets it; undefined when each has its own. */
  readonly appendedAtMs: number | undefined;
  readonly baseTimestampMs: number;
  readonly producerId: number;
  readonly recordCount: number;
  /** The records as they are stored. */
  readonly body: Buffer;
}

/** How many bytes the batch at a place has; undefined when not even that is there. */
export function readBatchLength(bytes: Buffer, at: number): number | undefined {
  if (at + PREFIX_BYTES > bytes.length) return undefined;
  const length = bytes.readInt32BE(at + 8);
  // The older formats have a shorter header, and their format is where this one has it.
  if (PREFIX_BYTES + length <= MAGIC_AT) throw new UnreadableError(`a length of ${String(length)} bytes is none`);
  return PREFIX_BYTES + length;
}

/**
 * Reads the header of a batch that is there as a whole.
 *
 * @throws UnreadableError for another format, and for bytes that are not those that were written
 */
export function readBatchHeader(batch: Buffer): BatchHeader {
  const magic = batch.readInt8(MAGIC_AT);
  if (magic !== 2) {
    const before = magic === 0 || magic === 1 ? ', from before Kafka 0.11' : '';
    throw new UnreadableError(`it is of message format v${String(magic)}${before}; v2 is read`);
  }
  if (batch.length < HEADER_BYTES) throw new UnreadableError('it is shorter than its header');
  const crc = batch.readUInt32BE(CRC_AT);
  const computed = computeCrc32c(batch, CHECKED_FROM);
  if (crc !== computed) {
    throw new UnreadableError(
      `it is damaged: its checksum is ${formatCrc(computed)}, and ${formatCrc(crc)} was stored`,
    );
  }
  const attributes = batch.readInt16BE(21);
  const baseOffset = Number(batch.readBigInt64BE(0));
  const lastOffsetDelta = batch.readInt32BE(23);
  if (lastOffsetDelta < 0) throw new UnreadableError('its last offset lies before its first');
  return {
    baseOffset,
    lastOffset: baseOffset + lastOffsetDelta,
    codec: attributes & 0x07,
    isTransactional: (attributes & 0x10) !== 0,
    isControl: (attributes & 0x20) !== 0,
    appendedAtMs: (attributes & 0x08) === 0 ? undefined : Number(batch.readBigInt64BE(35)),
    baseTimestampMs: Number(batch.readBigInt64BE(27)),
    producerId: Number(batch.readBigInt64BE(43)),
    recordCount: batch.readInt32BE(57),
    body: batch.subarray(HEADER_BYTES),
  };
}

function formatCrc(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
