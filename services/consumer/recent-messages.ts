import type { ConsumedMessage } from '../../lib/contracts/consumed-message.ts';
import { parseReceipt, type Receipt } from '../../lib/contracts/receipt.ts';
import type { MemoryLease } from '../../lib/http/memory-budget.ts';
import type { LogReader, OffsetRange } from '../../lib/kafka/log-reader.ts';
import type { LogRecord } from '../../lib/kafka/records/log-record.ts';
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
  read(limit: number, memory: Pick<MemoryLease, 'grow'>): Promise<readonly ConsumedMessage[]>;
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
  ): Promise<Weighed[]> => {
    // A receipt covers at least one record, so as many receipts reach back at least as far.
    const entries = ledger === undefined ? [] : await readTail(log, receiptsTopic, ledger, limit);
    const receipts = toReceipts(entries, topic);
    return (await readTail(log, topic, range, limit)).map((record) => weigh(record, receipts));
  };

  const readLast = async (limit: number): Promise<readonly ConsumedMessage[]> => {
    // The topic before its ledger: what was processed in between has its receipt.
    const ranges = await log.readRanges(topic);
    const ledgers = new Map((await log.readRanges(receiptsTopic)).map((range) => [range.partition, range]));
    let newest: Weighed[] = [];
    // One after the other: each may hold a megabyte until it is known what of it is new enough.
    for (const range of ranges) {
      newest = takeNewest([...newest, ...(await readPartition(range, ledgers.get(range.partition), limit))], limit);
    }
    return newest.map(({ message }) => message);
  };

  // One reading at a time. Whoever comes while it runs shares the next one: what was stored before they came is in it.
  let running: Promise<unknown> = Promise.resolve();
  let next: { limit: number; readonly messages: Promise<readonly ConsumedMessage[]> } | undefined;
  const readShared = (limit: number): Promise<readonly ConsumedMessage[]> => {
    if (next === undefined) {
      const begin = (): Promise<readonly ConsumedMessage[]> => {
        const most = next?.limit ?? limit;
        next = undefined;
        return readLast(most);
      };
      next = { limit, messages: running.then(begin, begin) };
      running = next.messages.then(ignore, ignore);
    }
    next.limit = Math.max(next.limit, limit);
    return next.messages;
  };

  return {
    async read(limit, memory) {
      // For the text of the answer; what is read is there once, however many wait for it.
      await memory.grow(ANSWER_BYTES);
      return (await readShared(limit)).slice(-limit);
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
  return records.map(({ value }) => parseReceipt(value)).filter((receipt) => receipt?.topic === topic) as Receipt[];
}
