import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LogReader } from '../kafka/log-reader.ts';
import type { LogRecord } from '../kafka/records/log-record.ts';
import { createReceiptTail } from './receipt-tail.ts';

const TOPIC = 'app.receipts';

/** Logs in memory: what is appended, what retention takes, and what cannot be read. */
class FakeLog implements LogReader {
  readonly values = new Map<number, (string | null)[]>();
  readonly starts = new Map<number, number>();
  readonly broken = new Set<number>();
  readonly read: string[] = [];

  append(partition: number, ...values: readonly (string | null)[]): void {
    this.values.set(partition, [...(this.values.get(partition) ?? []), ...values]);
  }

  readRanges(topic: string) {
    if (topic !== TOPIC) throw new Error(`nobody asked for ${topic}`);
    return Promise.resolve(
      [...this.values].map(([partition, values]) => ({
        partition,
        start: this.starts.get(partition) ?? 0,
        end: values.length,
      })),
    );
  }

  async *readRecords(topic: string, partition: number, from: number, to: number): AsyncGenerator<LogRecord> {
    this.read.push(`${String(partition)}: ${String(from)} to ${String(to)}`);
    await Promise.resolve();
    if (this.broken.has(partition)) throw new Error('the brokers do not answer');
    for (const [index, value] of (this.values.get(partition) ?? []).slice(from, to).entries()) {
      const buffer = value === null ? null : Buffer.from(value);
      const offset = from + index;
      yield { topic, partition, offset, key: null, value: buffer, timestampMs: 0, headers: {} };
    }
  }
}

function format(offset: number, partition = 0): string {
  const at = '2026-11-24T10:00:00.000Z';
  const run = { from: offset, to: offset, member: 'consumer-1', generation: 1, startedAt: at, finishedAt: at };
  return JSON.stringify({ topic: 'app', partition, ...run });
}

function formatMany(from: number, count: number, partition = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => format(from + index, partition));
}

describe('createReceiptTail', () => {
  let log: FakeLog;

  const open = () => {
    const tail = createReceiptTail(log, TOPIC);
    return async (): Promise<string[]> =>
      (await tail.readNew()).map(({ partition, from }) => `${String(partition)}/${String(from)}`);
  };

  beforeEach(() => {
    log = new FakeLog();
    log.append(0, ...formatMany(0, 3));
    log.append(1, ...formatMany(0, 2, 1));
  });

  it('begins at the end, and tells each receipt once and in order', async () => {
    const readNew = open();
    await expect(readNew()).resolves.toEqual([]);
    expect(log.read).toEqual([]);
    log.append(0, format(3), format(4));
    log.append(1, format(2, 1));
    await expect(readNew()).resolves.toEqual(['0/3', '0/4', '1/2']);
    await expect(readNew()).resolves.toEqual([]);
    log.append(0, format(5));
    await expect(readNew()).resolves.toEqual(['0/5']);
  });

  it('knows of nothing while there is no ledger', async () => {
    log.values.clear();
    const readNew = open();
    await expect(readNew()).resolves.toEqual([]);
  });

  it('begins at the end of a partition that comes later, too', async () => {
    const readNew = open();
    await readNew();
    log.append(2, ...formatMany(0, 2, 2));
    await expect(readNew()).resolves.toEqual([]);
    log.append(2, format(2, 2));
    await expect(readNew()).resolves.toEqual(['2/2']);
  });

  it('knows which partitions the ledger has', async () => {
    const tail = createReceiptTail(log, TOPIC);
    expect(tail.partitions).toBeUndefined();
    await tail.readNew();
    log.append(2, format(0, 2));
    expect(tail.partitions).toEqual(new Set([0, 1]));
    await tail.readNew();
    expect(tail.partitions).toEqual(new Set([0, 1, 2]));
  });

  it('passes over what is no receipt', async () => {
    const readNew = open();
    await readNew();
    log.append(0, null, '{', '{"topic":"app"}', format(3));
    await expect(readNew()).resolves.toEqual(['0/3']);
  });

  it('reads a bounded number at once: the newest', async () => {
    const readNew = open();
    await readNew();
    log.append(0, ...formatMany(3, 2000));
    const receipts = await readNew();
    expect(receipts).toHaveLength(500);
    expect(receipts.at(-1)).toBe('0/2002');
    expect(log.read).toEqual(['0: 1503 to 2003']);
  });

  it('goes on at the beginning of what retention has left', async () => {
    const readNew = open();
    await readNew();
    log.append(0, ...formatMany(3, 10));
    log.starts.set(0, 11);
    await expect(readNew()).resolves.toEqual(['0/11', '0/12']);
  });

  it('follows a ledger that was made again and is shorter', async () => {
    const readNew = open();
    await readNew();
    log.values.set(0, [format(0)]);
    await expect(readNew()).resolves.toEqual([]);
    log.append(0, format(1));
    await expect(readNew()).resolves.toEqual(['0/1']);
  });

  it('does not wait for partitions that are gone', async () => {
    const readNew = open();
    await readNew();
    log.values.delete(1);
    log.append(0, format(3));
    await expect(readNew()).resolves.toEqual(['0/3']);
  });

  it('loses nothing of one partition because another cannot be read', async () => {
    const readNew = open();
    await readNew();
    log.append(0, format(3));
    log.append(1, format(2, 1));
    log.broken.add(1);
    await expect(readNew()).rejects.toThrow('the brokers do not answer');
    log.broken.clear();
    await expect(readNew()).resolves.toEqual(['0/3', '1/2']);
    await expect(readNew()).resolves.toEqual([]);
  });
});
