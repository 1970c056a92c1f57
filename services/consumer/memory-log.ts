import type { LogReader } from '../../kafka/log-reader.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';

/** A log in memory, for tests: topics by name, each a list of partitions. */
export interface MemoryLog extends LogReader {
  readonly counts: { ranges: number; records: number };
  append(topic: string, partition: number, ...values: readonly (string | Buffer)[]): void;
  /** The topic is made anew, with as many partitions. */
  recreate(topic: string): void;
}

export function createMemoryLog(partitionCounts: Readonly<Record<string, number>>): MemoryLog {
  const topics = new Map<string, LogRecord[][]>();
  const partitionsOf = (topic: string): LogRecord[][] => topics.get(topic) ?? [];
  const counts = { ranges: 0, records: 0 };
  const recreate = (topic: string): void => {
    topics.set(
      topic,
      Array.from({ length: partitionCounts[topic] ?? 0 }, () => []),
    );
  };
  Object.keys(partitionCounts).forEach(recreate);
  return {
    counts,
    recreate,
    append(topic, partition, ...values) {
      const records = partitionsOf(topic)[partition] ?? [];
      for (const value of values) {
        const offset = records.length;
        records.push({
          topic,
          partition,
          offset,
          key: null,
          value: Buffer.from(value),
          timestampMs: offset,
          headers: {},
        });
      }
    },
    readRanges(topic) {
      counts.ranges += 1;
      return Promise.resolve(
        partitionsOf(topic).map((records, partition) => ({ partition, start: 0, end: records.length })),
      );
    },
    async *readRecords(topic, partition, from, to) {
      for (const record of (partitionsOf(topic)[partition] ?? []).slice(from, to)) {
        counts.records += 1;
        yield await Promise.resolve(record);
      }
    },
  };
}
