import type { ConsumedMessage } from '../../lib/contracts/consumed-message.ts';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import { readUntilUnreadable, type LogReader, type OffsetRange } from '../../kafka/log-reader.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';
import { areEqual, fitTo, type Positions } from './positions.ts';
import { sizeOf } from './read-tail.ts';
import { toReceipts } from './recent-messages.ts';
import { sortByTime, toConsumedMessage } from './to-consumed-message.ts';

/** Of the topic and its ledger together, in bytes; a record may be larger. Reading and sending a piece costs four times as much. */
const PIECE_BYTES = 128 * 1024;
export const PIECE_COST_BYTES = 4 * PIECE_BYTES;

/** Offsets of a partition that were passed over, both included. */
export interface Skipped {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** What stands between two positions, or the first of it. */
export interface Piece {
  readonly messages: readonly ConsumedMessage[];
  readonly receipts: readonly Receipt[];
  /** Offsets from where a partition cannot be read. */
  readonly skipped: readonly Skipped[];
  readonly next: Positions;
}

/** Reads a topic and its ledger side by side, in pieces that fit into memory. All calls throw AppError `kafka-unavailable`. */
export interface LogPieces {
  readEnds(): Promise<Positions>;
  /** The next piece on the way from positions to others, which are not before them. */
  read(from: Positions, to: Positions): Promise<Piece>;
  /** Positions that are at most so many records of a partition before others, and what lies before them. */
  limitLookBack(from: Positions, to: Positions, most: number): { from: Positions; skipped: readonly Skipped[] };
}

export function createLogPieces(log: LogReader, topics: { topic: string; receiptsTopic: string }): LogPieces {
  const { topic, receiptsTopic } = topics;
  return {
    async readEnds() {
      const [messages, receipts] = await Promise.all([log.readRanges(topic), log.readRanges(receiptsTopic)]);
      return { messages: toEnds(messages), receipts: toEnds(receipts) };
    },
    async read(from, to) {
      const messages = await readSome(log, topic, from.messages, to.messages, PIECE_BYTES);
      const receipts = await readSome(log, receiptsTopic, from.receipts, to.receipts, messages.roomBytes);
      return {
        messages: sortByTime(messages.records.map((record) => toConsumedMessage(record))),
        receipts: toReceipts(receipts.records, topic),
        skipped: [...messages.skipped, ...receipts.skipped],
        next: { messages: messages.next, receipts: receipts.next },
      };
    },
    limitLookBack(from, to, most) {
      const fit = fitTo(from, to);
      const earliest: Positions = { messages: lookBack(to.messages, most), receipts: lookBack(to.receipts, most) };
      const limited = {
        messages: atLeast(fit.messages, earliest.messages),
        receipts: atLeast(fit.receipts, earliest.receipts),
      };
      if (areEqual(fit, limited)) return { from: fit, skipped: [] };
      const skipped = [
        ...listSkipped(topic, fit.messages, limited.messages),
        ...listSkipped(receiptsTopic, fit.receipts, limited.receipts),
      ];
      return { from: limited, skipped };
    },
  };
}

interface Some {
  readonly records: readonly LogRecord[];
  readonly skipped: readonly Skipped[];
  readonly next: ReadonlyMap<number, number>;
  readonly roomBytes: number;
}

/** Records of one partition after the other, until the room is full. */
async function readSome(
  log: LogReader,
  topic: string,
  from: ReadonlyMap<number, number>,
  to: ReadonlyMap<number, number>,
  mostBytes: number,
): Promise<Some> {
  const records: LogRecord[] = [];
  const skipped: Skipped[] = [];
  const next = new Map(from);
  let roomBytes = mostBytes;
  for (const [partition, end] of to) {
    const start = from.get(partition) ?? 0;
    if (roomBytes <= 0) break;
    if (start >= end) continue;
    next.set(partition, end);
    const source = log.readRecords(topic, partition, start, end, PIECE_BYTES);
    const readable = readUntilUnreadable(source, ({ offset }) =>
      skipped.push({ topic, partition, from: offset, to: end - 1 }),
    );
    for await (const record of readable) {
      records.push(record);
      roomBytes -= sizeOf(record);
      if (roomBytes > 0) continue;
      next.set(partition, record.offset + 1);
      break;
    }
  }
  return { records, skipped, next, roomBytes };
}

function toEnds(ranges: readonly OffsetRange[]): Map<number, number> {
  return new Map(ranges.map(({ partition, end }) => [partition, end]));
}

function lookBack(ends: ReadonlyMap<number, number>, most: number): Map<number, number> {
  return new Map([...ends].map(([partition, end]) => [partition, Math.max(0, end - most)]));
}

function atLeast(offsets: ReadonlyMap<number, number>, least: ReadonlyMap<number, number>): Map<number, number> {
  return new Map([...offsets].map(([partition, offset]) => [partition, Math.max(offset, least.get(partition) ?? 0)]));
}

function listSkipped(topic: string, from: ReadonlyMap<number, number>, to: ReadonlyMap<number, number>): Skipped[] {
  return [...to]
    .map(([partition, end]) => ({ topic, partition, from: from.get(partition) ?? 0, to: end - 1 }))
    .filter((skipped) => skipped.from <= skipped.to);
}
