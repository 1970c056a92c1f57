import { parseReceipt, type Receipt } from '../lib/contracts/receipt.ts';
import type { LogReader } from '../kafka/log-reader.ts';

/** The newest records of the ledger, as they come. */
export interface ReceiptTail {
  /**
   * The receipts since the last call, at most a bounded number of each partition; at first none: what lies before is not
   * asked for.
   *
   * @throws AppError `kafka-unavailable`
   */
  readNew(): Promise<readonly Receipt[]>;
  /** The ledger's partitions, as they were found last; undefined before. */
  readonly partitions: ReadonlySet<number> | undefined;
}

/** Who falls behind by more than this loses sight of a pause, and catches up. */
const MOST_AT_ONCE = 500;

/** A tail of one ledger, at its end: it reads when it is asked, and remembers how far it has come. */
export function createReceiptTail(log: LogReader, topic: string): ReceiptTail {
  const positions = new Map<number, number>();
  let partitions: ReadonlySet<number> | undefined;
  return {
    get partitions() {
      return partitions;
    },
    async readNew() {
      const receipts: Receipt[] = [];
      const ends = new Map<number, number>();
      const ranges = await log.readRanges(topic);
      partitions = new Set(ranges.map(({ partition }) => partition));
      for (const { partition, start, end } of ranges) {
        const position = positions.get(partition) ?? end;
        const from = Math.max(start, Math.min(position, end), end - MOST_AT_ONCE);
        if (from < end) {
          for await (const { value } of log.readRecords(topic, partition, from, end)) {
            const parsed = parseReceipt(value);
            if ('receipt' in parsed) receipts.push(parsed.receipt);
          }
        }
        ends.set(partition, end);
      }
      // What was read before a failure is read again: nobody was given it.
      for (const [partition, end] of ends) positions.set(partition, end);
      return receipts;
    },
  };
}
