import { parseReceipt, type Receipt } from '../contracts/receipt.ts';
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
}

/** Who falls behind by more than this loses sight of a pause, and catches up. */
const MOST_AT_ONCE = 500;

export function createReceiptTail(log: LogReader, topic: string): ReceiptTail {
  const positions = new Map<number, number>();
  return {
    async readNew() {
      const receipts: Receipt[] = [];
      const ends = new Map<number, number>();
      for (const { partition, start, end } of await log.readRanges(topic)) {
        const position = positions.get(partition) ?? end;
        const from = Math.max(start, Math.min(position, end), end - MOST_AT_ONCE);
        if (from < end) {
          for await (const { value } of log.readRecords(topic, partition, from, end)) {
            const receipt = parseReceipt(value);
            if (receipt !== undefined) receipts.push(receipt);
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
