import { parseLoadName } from '../../lib/contracts/load-record.ts';
import { parseMessage } from '../../lib/contracts/message.ts';
import { digestValue } from '../../lib/contracts/receipt-digest.ts';
import {
  readUntilUnreadable,
  type LogReader,
  type OffsetRange,
  type UnreadablePlace,
  type WrittenLogReader,
} from '../../kafka/log-reader.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { LedgerEntry, LoggedRecord, PartitionRange } from '../checks/history.ts';
import { keyText } from './key-text.ts';

/** Log-end offsets by partition, as pairs, so that they can be written down as they are. */
export type Ends = readonly (readonly [partition: number, end: number])[];

/** Reads what topics hold of a run, one partition after the other, and tells how much of each was read. */
export interface TopicReader {
  /** Everything since the run's start. */
  readSince(topic: string, start: Ends, take: (record: LogRecord) => void): Promise<readonly PartitionRange[]>;
  /**
   * The log of the run, and beyond it as far as receipts reach that are of the run, too: back to the first of their
   * records, within reason, and on to its end, which is later than theirs when they were read before.
   */
  readLog(
    topic: string,
    run: {
      readonly start: Ends;
      readonly end: ReadonlyMap<number, number>;
      readonly reach: Reach;
    },
    take: (record: LoggedRecord) => void,
  ): Promise<readonly PartitionRange[]>;
}

/** So far before a run its log is read at most, for the sake of receipts that begin there. */
const MOST_OFFSETS_BEFORE = 10_000;
/** The time that clients give a transaction unless they are told otherwise, and some for the brokers to notice. */
const ENDED_IN_TIME = { what: 'open transactions to end', timeoutMs: 75_000, intervalMs: 500 };

/** Reads what is there; for the end of an open transaction it waits, within reason. */
export function createTopicReader(log: LogReader & WrittenLogReader): TopicReader {
  return {
    async readSince(topic, start, take) {
      const noted: PartitionRange[] = [];
      const startOf = new Map(start);
      const { ranges, ends } = await readEnded(log, topic);
      for (const { partition, start: logStart, end: readableEnd } of ranges) {
        const logEnd = ends.get(partition) ?? 0;
        const endBeforeRun = startOf.get(partition) ?? 0;
        const span = { partition, from: Math.max(logStart, endBeforeRun), to: Math.min(logEnd, readableEnd) };
        const unreadable = await readSpan(log, topic, span, take);
        noteRange(noted, { partition, logStart, logEnd, endBeforeRun }, unreadable, readableEnd);
      }
      return noted;
    },
    async readLog(topic, { start, end, reach }, take) {
      const noted: PartitionRange[] = [];
      const startOf = new Map(start);
      for (const { partition, start: logStart, end: readableEnd } of (await readEnded(log, topic)).ranges) {
        const logEnd = end.get(partition) ?? 0;
        const endBeforeRun = startOf.get(partition) ?? 0;
        const readFrom = Math.max(
          logStart,
          endBeforeRun - MOST_OFFSETS_BEFORE,
          Math.min(endBeforeRun, reach.of(partition)),
        );
        const unreadable = await readSpan(log, topic, { partition, from: readFrom, to: readableEnd }, (record) => {
          const isOfRun = record.offset >= endBeforeRun && record.offset < logEnd;
          take(toLoggedRecord(record, isOfRun));
        });
        const readTo = unreadable?.offset ?? readableEnd;
        const range = { partition, logStart, logEnd, endBeforeRun, readFrom, readTo };
        noteRange(noted, range, readTo < logEnd ? unreadable : undefined, readableEnd);
      }
      return noted;
    },
  };
}

function noteRange(
  ranges: PartitionRange[],
  range: PartitionRange,
  unreadable: PartitionRange['unreadable'],
  readableEnd: number,
): void {
  if (unreadable !== undefined) ranges.push({ ...range, unreadable });
  // What lies behind a transaction that is open for so long is not known.
  else if (range.logEnd <= readableEnd) ranges.push(range);
}

/** Waits for the transactions that are open at the end of a topic: those of the dead are aborted after their time. */
async function readEnded(
  log: LogReader & WrittenLogReader,
  topic: string,
): Promise<{ ranges: readonly OffsetRange[]; ends: ReadonlyMap<number, number> }> {
  const ends = await log.readWrittenEnds(topic);
  let ranges: readonly OffsetRange[] = [];
  const hasEnded = async (): Promise<true | undefined> => {
    ranges = await log.readRanges(topic);
    return ranges.every(({ partition, end }) => end >= (ends.get(partition) ?? 0)) || undefined;
  };
  await waitUntil(hasEnded, ENDED_IN_TIME).catch((error: unknown) => {
    if (ranges.length === 0) throw error;
  });
  return { ranges, ends };
}

/** @returns where and why it could not be read on */
async function readSpan(
  log: LogReader,
  topic: string,
  { partition, from, to }: { readonly partition: number; readonly from: number; readonly to: number },
  take: (record: LogRecord) => void,
): Promise<PartitionRange['unreadable']> {
  let unreadable: PartitionRange['unreadable'];
  const records = log.readRecords(topic, partition, from, to);
  const note = ({ offset, reason }: UnreadablePlace): void => void (unreadable = { offset, reason });
  for await (const record of readUntilUnreadable(records, note)) take(record);
  return unreadable;
}

/** Notes where receipts begin that reach into a run from before it. */
export class Reach {
  readonly #start: ReadonlyMap<number, number>;
  readonly #first = new Map<number, number>();

  /** @param start where the log of each partition ended before the run */
  constructor(start: Ends) {
    this.#start = new Map(start);
  }

  take({ partition, from, to }: LedgerEntry): void {
    if (to >= (this.#start.get(partition) ?? 0)) this.#first.set(partition, Math.min(this.of(partition), from));
  }

  /** The first offset of those of a partition; Infinity when none reaches there. */
  of(partition: number): number {
    return this.#first.get(partition) ?? Infinity;
  }
}

/** Who it is from is told of records of the run's time only: others are not judged. */
function toLoggedRecord({ partition, offset, key, value, timestampMs }: LogRecord, isOfRun: boolean): LoggedRecord {
  const parsed = parseMessage(value);
  const identity = 'message' in parsed ? parseLoadName(parsed.message.name) : undefined;
  return {
    partition,
    offset,
    key: key === null ? null : keyText(key),
    storedAt: timestampMs,
    valueCrc: digestValue(value),
    ...(identity && isOfRun ? { identity } : {}),
  };
}
