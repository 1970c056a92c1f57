import { parseReceipt } from '../../lib/contracts/receipt.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';
import type { LedgerEntry, UncountedReceipts } from '../checks/history.ts';

/** Tells receipts from what else stands in the ledger, and remembers why that is none. */
export interface ReceiptCollector {
  /** @returns the receipt, or undefined when the record is none of the topic */
  readonly parse: (record: LogRecord) => LedgerEntry | undefined;
  readonly uncounted: UncountedReceipts;
}

const MOST_EXAMPLES = 10;

/** @param topic whose receipts count */
export function createReceiptCollector(topic: string): ReceiptCollector {
  let count = 0;
  const examples: UncountedReceipts['examples'][number][] = [];
  return {
    parse(record) {
      const parsed = parseReceipt(record.value);
      const reason = 'receipt' in parsed ? findMisplaced(parsed.receipt, record, topic) : parsed.reason;
      if ('receipt' in parsed && reason === undefined) {
        const { offset, appendedAtMs } = record;
        return {
          ...parsed.receipt,
          ledgerOffset: offset,
          ...(appendedAtMs !== undefined && { appendedAt: appendedAtMs }),
        };
      }
      count += 1;
      const { partition, offset } = record;
      if (examples.length < MOST_EXAMPLES) examples.push({ partition, offset, reason: reason ?? '' });
      return undefined;
    },
    get uncounted() {
      return { count, examples };
    },
  };
}

/** A receipt in another partition than its source's is none: its place would say nothing about order. */
function findMisplaced(
  receipt: { readonly topic: string; readonly partition: number },
  { partition }: LogRecord,
  topic: string,
): string | undefined {
  if (receipt.topic !== topic) return `\`topic\` is ${JSON.stringify(receipt.topic)}, and ${topic} is read`;
  if (receipt.partition === partition) return undefined;
  return `\`partition\` is ${String(receipt.partition)}, and it stands in ${String(partition)}`;
}
