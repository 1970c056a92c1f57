import type { ConsumedMessage } from '../../lib/contracts/consumed-message.ts';
import { parseReceipt, type Receipt } from '../../lib/contracts/receipt.ts';
import type { MemoryLease } from '../../lib/http/memory-budget.ts';
import type { LogReader, OffsetRange, UnreadablePlace } from '../../kafka/log-reader.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';
import { readTail, sizeOf } from './read-tail.ts';
import { sortByTime, toConsumedMessage } from './to-consumed-message.ts';

/** What an answer may hold of messages, in bytes: the newest that fit. */
export const ANSWER_BYTES = 1024 * 1024;

/**
 * What the whole group has seen, read from the topic and its ledger when it is asked for. So every replica
 * answers the same, and a message that was stored is in the next answer, whoever processes it.
 */
export interface RecentMessages {
  /**
   * The newest messages of all partitions, oldest first.
   *
   * @throws AppError `kafka-unavailable`, or `queue-full` when other answers take the memory
   */
  read(limit: number, memory: Pick<MemoryLease, 'grow'>): Promise<NewestMessages>;
}

interface NewestMessages {
  readonly messages: readonly ConsumedMessage[];
  /** Where a partition cannot be read: what lies behind is not among the messages. */
  readonly unreadable: readonly UnreadablePlace[];
}

const ignore = (): void => undefined;

interface Weighed {
  readonly message: ConsumedMessage;
  readonly bytes: number;
}

export function createRecentMessages(log: LogReader, topics: { topic: string; receiptsTopic: string }): RecentMessages {
  const { topic, receiptsTopic } = topics;

  const readPartition = async (
    range: OffsetRange,
    ledger: OffsetRange | undefined,
    limit: number,
    onUnreadable: (place: UnreadablePlace) => void,
  ): Promise<Weighed[]> => {
    const read = (from: string, offsets: OffsetRange) => readTail(log, from, offsets, { limit, onUnreadable });
    // A receipt covers at least one record, so as many receipts reach back at least as far.
    const entries = ledger === undefined ? [] : await read(receiptsTopic, ledger);
    const receipts = toReceipts(entries, topic);
    return (await read(topic, range)).map((record) => weigh(record, receipts));
  };

  const readLast = async (limit: number): Promise<NewestMessages> => {
    // The topic before its ledger: what was processed in between has its receipt.
    const ranges = await log.readRanges(topic);
    const ledgers = new Map((await log.readRanges(receiptsTopic)).map((range) => [range.partition, range]));
    let newest: Weighed[] = [];
    const unreadable: UnreadablePlace[] = [];
    const onUnreadable = (place: UnreadablePlace): void => void unreadable.push(place);
    // One after the other: each may hold a megabyte until it is known what of it is new enough.
    for (const range of ranges) {
      const found = await readPartition(range, ledgers.get(range.partition), limit, onUnreadable);
      newest = takeNewest([...newest, ...found], limit);
    }
    return { messages: newest.map(({ message }) => message), unreadable };
  };

  // One reading at a time. Whoever comes while it runs shares the next one: what was stored before they came is in it.
  let running: Promise<unknown> = Promise.resolve();
  let next: { limit: number; readonly answer: Promise<NewestMessages> } | undefined;
  const readShared = (limit: number): Promise<NewestMessages> => {
    if (next === undefined) {
      const begin = (): Promise<NewestMessages> => {
        const most = next?.limit ?? limit;
        next = undefined;
        return readLast(most);
      };
      next = { limit, answer: running.then(begin, begin) };
      running = next.answer.then(ignore, ignore);
    }
    next.limit = Math.max(next.limit, limit);
    return next.answer;
  };

  return {
    async read(limit, memory) {
      // For the text of the answer; what is read is there once, however many wait for it.
      await memory.grow(ANSWER_BYTES);
      const { messages, unreadable } = await readShared(limit);
      return { messages: messages.slice(-limit), unreadable };
    },
  };
}

function weigh(record: LogRecord, receipts: readonly Receipt[]): Weighed {
  const message = toConsumedMessage(record, receipts);
  const { reason = '', key } = message;
  return {
    message,
    bytes: 300 + reason.length + (key?.length ?? 0) + (message.message === null ? 0 : sizeOf(record)),
  };
}

/** The newest that are few enough and fit, oldest first. */
function takeNewest(all: readonly Weighed[], limit: number): Weighed[] {
  const bytesOf = new Map(all.map(({ message, bytes }) => [message, bytes]));
  const kept: Weighed[] = [];
  let room = ANSWER_BYTES;
  for (const message of sortByTime([...bytesOf.keys()]).reverse()) {
    const bytes = bytesOf.get(message) ?? 0;
    if (kept.length === limit || (bytes > room && kept.length > 0)) break;
    room -= bytes;
    kept.push({ message, bytes });
  }
  return kept.reverse();
}

/** The receipts among the records of the ledger. */
export function toReceipts(records: readonly LogRecord[], topic: string): Receipt[] {
  return records.flatMap(({ value }) => {
    const parsed = parseReceipt(value);
    return 'receipt' in parsed && parsed.receipt.topic === topic ? [parsed.receipt] : [];
  });
}
