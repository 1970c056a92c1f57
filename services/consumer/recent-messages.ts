import type { ConsumedMessage } from '../../lib/contracts/consumed-message.ts';
import { parseMessage } from '../../lib/contracts/message.ts';
import { parseReceipt, type Receipt } from '../../lib/contracts/receipt.ts';
import type { LogReader, OffsetRange } from '../../lib/kafka/log-reader.ts';
import type { LogRecord } from '../../lib/kafka/records/log-record.ts';

/**
 * What the whole group has seen, read from the topic and its ledger when it is asked for. So every replica
 * answers the same, and a message that was stored is in the next answer, whoever processes it.
 */
export interface RecentMessages {
  /** The newest messages of all partitions, oldest first. */
  read(limit: number): Promise<readonly ConsumedMessage[]>;
  /** Where the partitions end now. */
  readEnds(): Promise<Positions>;
  /** What came after the positions: messages, and receipts for them or for earlier ones. Advances the positions. */
  readSince(positions: Positions, most: number): Promise<NewMessages>;
}

/** Next offset to read, by partition, of the topic and of its ledger. */
export interface Positions {
  readonly messages: Map<number, number>;
  readonly receipts: Map<number, number>;
}

export interface NewMessages {
  readonly messages: readonly ConsumedMessage[];
  readonly receipts: readonly Receipt[];
}

const BYTES_PER_PARTITION = 1024 * 1024;

export function createRecentMessages(log: LogReader, topics: { topic: string; receiptsTopic: string }): RecentMessages {
  const { topic, receiptsTopic } = topics;

  const readPartition = async (
    range: OffsetRange,
    ledger: OffsetRange | undefined,
    limit: number,
  ): Promise<ConsumedMessage[]> => {
    const { partition, start, end } = range;
    const [records, entries] = await Promise.all([
      collectLast(log.readRecords(topic, partition, Math.max(start, end - limit), end)),
      // A receipt covers at least one record, so as many receipts reach back at least as far.
      ledger === undefined
        ? []
        : collect(log.readRecords(receiptsTopic, partition, Math.max(ledger.start, ledger.end - limit), ledger.end)),
    ]);
    const receipts = toReceipts(entries, topic);
    return records.map((record) => toConsumedMessage(record, receipts));
  };

  const readLast = async (limit: number): Promise<ConsumedMessage[]> => {
    // The topic before its ledger: what was processed in between has its receipt.
    const ranges = await log.readRanges(topic);
    const ledgers = new Map((await log.readRanges(receiptsTopic)).map((range) => [range.partition, range]));
    const all = await Promise.all(ranges.map((range) => readPartition(range, ledgers.get(range.partition), limit)));
    return all.flat().sort(byTime).slice(-limit);
  };

  // One answer at a time: each may hold a megabyte of every partition.
  let reading: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(read: () => Promise<T>): Promise<T> => {
    const answer = reading.then(read, read);
    reading = answer.catch(() => undefined);
    return answer;
  };

  return {
    read: (limit) => inTurn(() => readLast(limit)),
    async readEnds() {
      const [messages, receipts] = await Promise.all([log.readRanges(topic), log.readRanges(receiptsTopic)]);
      const ends = (ranges: readonly OffsetRange[]) => new Map(ranges.map(({ partition, end }) => [partition, end]));
      return { messages: ends(messages), receipts: ends(receipts) };
    },
    async readSince(positions, most) {
      const messages = await readNew(log, topic, positions.messages, most);
      const receipts = await readNew(log, receiptsTopic, positions.receipts, most);
      return {
        messages: messages.map((record) => toConsumedMessage(record, [])).sort(byTime),
        receipts: toReceipts(receipts, topic),
      };
    },
  };
}

/** At most `most` records a partition; a partition that is new is read from its start. */
async function readNew(
  log: LogReader,
  topic: string,
  positions: Map<number, number>,
  most: number,
): Promise<LogRecord[]> {
  const ranges = await log.readRanges(topic);
  const found = await Promise.all(
    ranges.map(async ({ partition, start, end }) => {
      const from = Math.max(start, positions.get(partition) ?? start);
      if (from >= end) return [];
      const to = Math.min(end, from + most);
      const records = await collect(log.readRecords(topic, partition, from, to));
      positions.set(partition, to);
      return records;
    }),
  );
  return found.flat();
}

/** The last records that fit into the budget: an answer must not cost the replica its memory. */
async function collectLast(source: AsyncIterable<LogRecord>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  let bytes = 0;
  for await (const record of source) {
    records.push(record);
    bytes += sizeOf(record);
    while (bytes > BYTES_PER_PARTITION && records.length > 1) bytes -= sizeOf(records.shift());
  }
  return records;
}

function sizeOf(record: LogRecord | undefined): number {
  return (record?.key?.length ?? 0) + (record?.value?.length ?? 0);
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items = [];
  for await (const item of source) items.push(item);
  return items;
}

function toReceipts(records: readonly LogRecord[], topic: string): Receipt[] {
  return records.map(({ value }) => parseReceipt(value)).filter((receipt) => receipt?.topic === topic) as Receipt[];
}

function toConsumedMessage(record: LogRecord, receipts: readonly Receipt[]): ConsumedMessage {
  const parsed = parseMessage(record.value);
  const receipt = receipts.find(({ from, to }) => from <= record.offset && record.offset <= to);
  return {
    partition: record.partition,
    offset: record.offset,
    key: record.key?.toString('utf8') ?? null,
    storedAt: new Date(record.timestampMs).toISOString(),
    ...('message' in parsed ? { message: parsed.message } : { message: null, reason: parsed.reason }),
    processedBy: receipt?.member ?? null,
    processedAt: receipt?.finishedAt ?? null,
  };
}

function byTime(a: ConsumedMessage, b: ConsumedMessage): number {
  return a.storedAt.localeCompare(b.storedAt) || a.partition - b.partition || a.offset - b.offset;
}
