/** The records of a batch, format v2: https://kafka.apache.org/documentation/#record */
import type { BatchHeader } from './batch-header.ts';
import type { LogRecord } from './log-record.ts';
import { UnreadableError } from './unreadable-error.ts';

/** Where the records of a batch go, and from where on. */
export interface RecordSink {
  readonly topic: string;
  readonly partition: number;
  /** Records before this offset are passed over: a fetch gives whole batches. */
  readonly from: number;
  readonly records: LogRecord[];
}

const NO_HEADERS: LogRecord['headers'] = Object.freeze(Object.create(null) as Record<string, undefined>);

/**
 * Adds the records of a batch to the sink, at most `most` of them.
 *
 * @param bytes the records, decompressed
 * @returns the offset to go on from
 * @throws UnreadableError when they are not what the header says
 */
export function decodeRecords(header: BatchHeader, bytes: Buffer, most: number, sink: RecordSink): number {
  const cursor = new Cursor(bytes);
  let last = header.baseOffset - 1;
  let left = most;
  for (let index = 0; index < header.recordCount; index += 1) {
    if (left === 0) return last + 1;
    const end = cursor.takeLength();
    cursor.skip(1);
    const timestampDelta = cursor.takeVarint();
    const offset = header.baseOffset + cursor.takeVarint();
    if (offset <= last || offset > header.lastOffset)
      throw new UnreadableError('the offsets of its records do not rise');
    last = offset;
    if (offset < sink.from) {
      cursor.at = end;
      continue;
    }
    left -= 1;
    sink.records.push({
      topic: sink.topic,
      partition: sink.partition,
      offset,
      key: cursor.takeBytes(end),
      value: cursor.takeBytes(end),
      timestampMs: header.appendedAtMs ?? header.baseTimestampMs + timestampDelta,
      ...(header.appendedAtMs !== undefined && { appendedAtMs: header.appendedAtMs }),
      headers: takeHeaders(cursor, end),
      ...(header.isTransactional && { transaction: header.producerId }),
    });
    if (cursor.at !== end) throw new UnreadableError('a record is not as long as it says');
  }
  if (cursor.at !== bytes.length) throw new UnreadableError('it holds more than the records that it counts');
  return header.lastOffset + 1;
}

/** What a control batch says of its producer's transaction. */
export function isAbortMarker(bytes: Buffer): boolean {
  const cursor = new Cursor(bytes);
  const end = cursor.takeLength();
  cursor.skip(1);
  cursor.takeVarint();
  cursor.takeVarint();
  const key = cursor.takeBytes(end);
  // Version and type, 16 bits each; the type of an abort is 0.
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0;
}

function takeHeaders(cursor: Cursor, end: number): LogRecord['headers'] {
  const count = cursor.takeVarint();
  if (count === 0) return NO_HEADERS;
  // Each has two lengths at least: a count that lies is known before anything is read.
  if (count < 0 || count * 2 > end - cursor.at) throw new UnreadableError('a record counts more headers than it holds');
  const headers = Object.create(null) as Record<string, Buffer | undefined>;
  for (let index = 0; index < count; index += 1) {
    const name = cursor.takeBytes(end);
    if (name === null) throw new UnreadableError('a header has no name');
    const value = cursor.takeBytes(end) ?? undefined;
    const text = name.toString('utf8');
    if (!(text in headers)) headers[text] = value;
  }
  return headers;
}

/** Reads from front to back and never beyond the end. */
class Cursor {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(count: number): void {
    this.at += count;
  }

  /** A zigzag varint of up to 64 bits; beyond 2^53 the last digits are lost. */
  takeVarint(): number {
    const bytes = this.#bytes;
    let at = this.at;
    // Most are one byte.
    const first = bytes[at++];
    if (first === undefined) throw ended();
    let value = first & 0x7f;
    if (first >= 0x80) {
      for (let scale = 128; ; scale *= 128) {
        const byte = bytes[at++];
        if (byte === undefined || scale > 2 ** 63) throw ended();
        value += (byte & 0x7f) * scale;
        if (byte < 0x80) break;
      }
    }
    this.at = at;
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** The length of a record. @returns where it ends */
  takeLength(): number {
    const length = this.takeVarint();
    const end = this.at + length;
    if (length < 0 || end > this.#bytes.length) throw new UnreadableError('a record is longer than its batch');
    return end;
  }

  /** A length and as many bytes, or null for -1. */
  takeBytes(end: number): Buffer | null {
    const length = this.takeVarint();
    if (length === -1) return null;
    const start = this.at;
    if (length < 0 || start + length > end) throw new UnreadableError('a field is longer than its record');
    this.at = start + length;
    return this.#bytes.subarray(start, this.at);
  }
}

function ended(): UnreadableError {
  return new UnreadableError('it ends within a record');
}
