import type { ConsumedMessage } from '../../lib/contracts/consumed-message.ts';
import { parseMessage } from '../../lib/contracts/message.ts';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import { describeKey } from '../../lib/contracts/record-key.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';

/** The last millisecond that has a year of four digits: beyond, times do not sort as text, and nobody means them. */
const LAST_TIME_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Clocks of machines that keep time differ by less. */
const CLOCK_DIFFERENCE_MS = 1000;

/** A record as answers and streams show it. */
export function toConsumedMessage(record: LogRecord, receipts: readonly Receipt[] = []): ConsumedMessage {
  const parsed = parseMessage(record.value);
  const storedAtMs = readTime(record);
  const receipt = receipts.find((one) => isReceiptOf(one, record.offset, storedAtMs));
  return {
    partition: record.partition,
    offset: record.offset,
    ...describeKey(record.key),
    storedAt: storedAtMs === undefined ? null : new Date(storedAtMs).toISOString(),
    ...('message' in parsed ? { message: parsed.message } : { message: null, reason: parsed.reason }),
    processedBy: receipt?.member ?? null,
    processedAt: receipt?.finishedAt ?? null,
  };
}

/** The time that the producer set; undefined when it is none in milliseconds, as when the producer counts in nanoseconds. */
function readTime({ timestampMs }: LogRecord): number | undefined {
  return timestampMs >= 0 && timestampMs <= LAST_TIME_MS ? timestampMs : undefined;
}

/** Offsets begin anew with a topic that is made anew: what was finished before the record was stored is no receipt of it. */
function isReceiptOf({ from, to, finishedAt }: Receipt, offset: number, storedAtMs: number | undefined): boolean {
  if (offset < from || offset > to) return false;
  return storedAtMs === undefined || Date.parse(finishedAt) >= storedAtMs - CLOCK_DIFFERENCE_MS;
}

/**
 * Oldest first. A partition's own order says where a record without a time belongs: behind the one before it.
 *
 * @param messages of each partition in the order of their offsets
 */
export function sortByTime(messages: readonly ConsumedMessage[]): ConsumedMessage[] {
  const lastTimes = new Map<number, string>();
  const timed = messages.map((message) => {
    const time = message.storedAt ?? lastTimes.get(message.partition) ?? findNextTime(messages, message);
    lastTimes.set(message.partition, time);
    return { time, message };
  });
  timed.sort((a, b) => compareText(a.time, b.time) || compareOffsets(a.message, b.message));
  return timed.map(({ message }) => message);
}

function findNextTime(messages: readonly ConsumedMessage[], { partition }: ConsumedMessage): string {
  return messages.find((other) => other.partition === partition && other.storedAt !== null)?.storedAt ?? '';
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function compareOffsets(a: ConsumedMessage, b: ConsumedMessage): number {
  return a.partition - b.partition || a.offset - b.offset;
}
