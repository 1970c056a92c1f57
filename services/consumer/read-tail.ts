import { readUntilUnreadable, type LogReader, type OffsetRange, type UnreadablePlace } from '../../kafka/log-reader.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';

/** Of each partition, at most so much is read for an answer, and asked for at once. */
const TAIL_BYTES = 1024 * 1024;

export interface TailOptions {
  /** How many records at most. */
  readonly limit: number;
  /** Told where the partition cannot be read: what lies behind is not among the records. */
  readonly onUnreadable: (place: UnreadablePlace) => void;
}

/** The newest records of a partition: at most `limit`, and about as many as fit into `TAIL_BYTES`, but one at least. */
export async function readTail(
  log: LogReader,
  topic: string,
  { partition, start, end }: OffsetRange,
  { limit, onUnreadable }: TailOptions,
): Promise<LogRecord[]> {
  let from: number | undefined = Math.max(start, end - limit);
  let kept: LogRecord[] = [];
  while (from !== undefined) {
    ({ kept, from } = await readWindow(log, topic, { partition, start: from, end }, onUnreadable));
  }
  return kept;
}

/**
 * Reads a window, keeping what is newest. When the records are so large that most of them would be read in vain, it
 * stops and says from where the rest is about as much as is kept.
 */
async function readWindow(
  log: LogReader,
  topic: string,
  { partition, start, end }: OffsetRange,
  onUnreadable: TailOptions['onUnreadable'],
): Promise<{ kept: LogRecord[]; from: number | undefined }> {
  const kept: LogRecord[] = [];
  let keptBytes = 0;
  let readBytes = 0;
  const records = log.readRecords(topic, partition, start, end, TAIL_BYTES);
  for await (const record of readUntilUnreadable(records, onUnreadable)) {
    kept.push(record);
    keptBytes += sizeOf(record);
    readBytes += sizeOf(record);
    while (keptBytes > TAIL_BYTES && kept.length > 1) keptBytes -= sizeOf(kept.shift());
    const bytesPerOffset = readBytes / (record.offset - start + 1);
    const from = end - Math.max(1, Math.floor(TAIL_BYTES / bytesPerOffset));
    if (readBytes > 2 * TAIL_BYTES && from > record.offset + 1) return { kept: [], from };
  }
  return { kept, from: undefined };
}

/** What a record weighs in memory, in bytes. */
export function sizeOf(record: LogRecord | undefined): number {
  return (record?.key?.length ?? 0) + (record?.value?.length ?? 0) + 100;
}
