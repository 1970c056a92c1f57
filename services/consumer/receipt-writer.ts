import type { Receipt } from '../../lib/contracts/receipt.ts';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import type { SafeProducer } from '../../kafka/producer/safe-producer.ts';
import type { Logger } from '../../lib/log/create-logger.ts';

export interface ReceiptWriterDeps {
  readonly topic: string;
  readonly receiptsTopic: string;
  readonly ledger: Pick<SafeProducer, 'send'>;
  /** Partitions of a topic now, 0 when there is none. */
  readonly countPartitions: (topic: string) => Promise<number>;
  /** Raises a topic's partitions; whether it was this call that did. */
  readonly raisePartitions: (topic: string, count: number) => Promise<boolean>;
  readonly logger: Logger;
}

/**
 * Writes receipts into the partition of the ledger that has their source's number. A topic that somebody raised alone
 * has partitions without one: the ledger is the consumers' own, so whoever finds it too small raises it.
 */
export function createReceiptWriter(deps: ReceiptWriterDeps): (receipt: Receipt) => Promise<void> {
  const { topic, receiptsTopic, ledger } = deps;
  let partitions = 0;
  let growing: Promise<Grown> | undefined;
  return async (receipt) => {
    const { partition } = receipt;
    if (partition >= partitions) {
      const grown = await (growing ??= growLedger(deps).finally(() => (growing = undefined)));
      partitions = grown.partitions;
      // Those that have a partition there go on.
      if (partition >= partitions) {
        const why = grown.obstacle === undefined ? '' : `; ${grown.obstacle}`;
        const sentence = `partition ${String(partition)} of ${topic} has no partition in ${receiptsTopic}`;
        throw new AppError('topic-mismatch', `${sentence}: nothing of it is committed until it has one${why}`);
      }
    }
    try {
      await ledger.send({ key: receipt.member, value: JSON.stringify(receipt), partition });
    } catch (error) {
      // The ledger may be gone, or made anew with fewer.
      partitions = 0;
      throw error;
    }
  };
}

/** How large the ledger is now, and what stood in the way of a larger one. */
interface Grown {
  readonly partitions: number;
  readonly obstacle?: string;
}

async function growLedger(deps: ReceiptWriterDeps): Promise<Grown> {
  const { topic, receiptsTopic, countPartitions, raisePartitions, logger } = deps;
  const [wanted, present] = await Promise.all([countPartitions(topic), countPartitions(receiptsTopic)]);
  if (present === 0) return { partitions: 0, obstacle: `there is no topic ${receiptsTopic}` };
  if (present >= wanted) return { partitions: present };
  try {
    const isOurs = await raisePartitions(receiptsTopic, wanted);
    if (isOurs) logger.info(`${receiptsTopic}: raised from ${String(present)} to ${String(wanted)}, as ${topic} has`);
    return { partitions: wanted };
  } catch (error) {
    return { partitions: present, obstacle: messageOf(error) };
  }
}
