/**
 * What a broker answers for one partition, as records: the one place where the bytes of a log are read. Whatever holds no
 * record for us is stepped over: ends of transactions, aborted records, batches that compaction emptied.
 */
import { readBatchHeader, readBatchLength, type BatchHeader } from './batch-header.ts';
import { decodeRecords, isAbortMarker, type RecordSink } from './decode-records.ts';
import { decompress } from './decompress.ts';
import type { LogRecord, TransactionEnd } from './log-record.ts';
import { UnreadableError } from './unreadable-error.ts';

/** A transaction that was aborted, as the broker tells with the bytes. */
export interface AbortedTransaction {
  readonly producerId: number;
  /** Of its first record in the partition. */
  readonly firstOffset: number;
}

/** The bytes of one partition: whole batches, the first perhaps from before the offset, the last perhaps cut. */
export interface FetchedBytes {
  readonly topic: string;
  readonly partition: number;
  /** The offset that was asked for. */
  readonly offset: number;
  readonly bytes: Buffer;
  readonly aborted: readonly AbortedTransaction[];
}

/** How much may be made of one answer; what is left is fetched again. */
export interface DecodeBudget {
  records: number;
  /** Bytes that come out of compressed batches. */
  bytes: number;
}

const BUDGET_BYTES = 16 * 1024 * 1024;

/** What a reader may hold at once: the service it is part of is small. @param bytes that come out of compressed batches */
export function createDecodeBudget(bytes = BUDGET_BYTES): DecodeBudget {
  return { records: 200_000, bytes };
}

/** What one answer to a fetch holds of a partition, as far as it can be read. */
export interface DecodedPartition {
  readonly records: readonly LogRecord[];
  /** Ends of transactions among them, by their offsets; left out when there is none. @default none */
  readonly ends?: readonly TransactionEnd[];
  /** The offset to fetch next. Between the last record and it is nothing that is a record. */
  readonly next: number;
  /** Why nothing at `next` can be read, in words that follow "cannot be read: ". @default it can */
  readonly unreadable?: string;
  /** How many bytes would hold the batch at `next`, when only a part of it was there, and nothing else. @default all was there */
  readonly neededBytes?: number;
}

/** Decodes up to the first batch that cannot be read, or until the budget is used up. */
export function decodePartition(fetched: FetchedBytes, budget: DecodeBudget): DecodedPartition {
  const { topic, partition, bytes, offset } = fetched;
  const sink = { topic, partition, from: offset, records: [] as LogRecord[] };
  const { records } = sink;
  const ends: TransactionEnd[] = [];
  const conclude = (): DecodedPartition => ({ records, next: sink.from, ...(ends.length > 0 && { ends }) });
  const aborted = trackAborted(fetched.aborted);
  let at = 0;
  try {
    while (at < bytes.length && budget.records > 0 && budget.bytes > 0) {
      const length = readBatchLength(bytes, at);
      if (length === undefined || at + length > bytes.length) {
        const neededBytes = at + (length ?? bytes.length - at + 1);
        return { ...conclude(), ...(sink.from === offset ? { neededBytes } : {}) };
      }
      const header = readBatchHeader(bytes.subarray(at, at + length));
      ends.push(...readEnds(header, sink.from));
      const isPassedOver = aborted.hides(header) || header.lastOffset < sink.from;
      sink.from = isPassedOver ? Math.max(sink.from, header.lastOffset + 1) : decodeBatch(header, sink, budget);
      at += length;
    }
    return conclude();
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    // Nothing of a batch that cannot be read is given to anybody.
    while ((records.at(-1)?.offset ?? -1) >= sink.from) records.pop();
    return { ...conclude(), unreadable: error.message };
  }
}

function readEnds(
  { isControl, recordCount, lastOffset, producerId, body, baseTimestampMs }: BatchHeader,
  from: number,
) {
  if (!isControl || recordCount === 0 || lastOffset < from) return [];
  return [{ offset: lastOffset, producerId, isCommitted: !isAbortMarker(body), timestampMs: baseTimestampMs }];
}

function decodeBatch(header: BatchHeader, sink: RecordSink, budget: DecodeBudget): number {
  const before = sink.records.length;
  let body = header.body;
  // Compaction leaves the header of a batch behind, so that the producer's sequence is not lost.
  if (header.codec !== 0 && header.recordCount > 0) {
    body = decompress(header.codec, body);
    budget.bytes -= body.length;
  }
  const next = decodeRecords(header, body, budget.records, sink);
  budget.records -= sink.records.length - before;
  return next;
}

/** Follows aborted transactions from batch to batch: each lasts from its first offset to its producer's next end. */
function trackAborted(transactions: readonly AbortedTransaction[]): { hides(header: BatchHeader): boolean } {
  const coming = [...transactions].sort((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<number>();
  return {
    hides(header) {
      while (coming[0] !== undefined && coming[0].firstOffset <= header.lastOffset) {
        open.add(coming[0].producerId);
        coming.shift();
      }
      if (header.isControl) {
        if (header.recordCount > 0 && isAbortMarker(header.body)) open.delete(header.producerId);
        return true;
      }
      return header.isTransactional && open.has(header.producerId);
    },
  };
}
