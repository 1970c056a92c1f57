import type { Logger } from '../../lib/log/create-logger.ts';
import type { FetchedBatch } from '../kafkajs/fetch-for-group.ts';
import type { LogRecord } from '../records/log-record.ts';
import type { Membership } from './membership.ts';
import { processPersistently, type ProcessRecord } from './process-persistently.ts';
import type { TimeSlice } from './time-slice.ts';

interface ProcessBatchOptions {
  readonly process: ProcessRecord;
  /** Records of a partition that may be processed without a commit. */
  readonly commitEveryRecords: number;
  readonly slice: TimeSlice;
  readonly logger: Logger;
}

/**
 * Processes what was fetched of one partition, in order, until the membership must yield.
 *
 * @returns the offset to go on from: behind the batch when all of it is processed
 */
export async function processBatch(
  { partition, fetchedOffset, messages, next }: FetchedBatch,
  membership: Membership,
  { process, commitEveryRecords, slice, logger }: ProcessBatchOptions,
): Promise<number> {
  const { ledger } = membership;
  const openLimit = Math.max(1, commitEveryRecords);
  // What a fetch leaves out between its records is no record: the end of a transaction, or what was taken away.
  let follows = Number(fetchedOffset);
  const processOne = (record: LogRecord): boolean | Promise<boolean> =>
    membership.process(record, follows, (signal) => processPersistently(process, record, signal, logger));
  for (const record of messages) {
    while (ledger.countOpen(partition) >= openLimit && !membership.mustYield()) await membership.settle();
    if (slice.isOver()) await slice.next();
    const isProcessed = processOne(record);
    // Awaiting what is known already would cost more than most records.
    if (!(typeof isProcessed === 'boolean' ? isProcessed : await isProcessed)) return record.offset;
    follows = record.offset + 1;
    // Half full: accounting goes on beside processing, so that it need not be waited for.
    if (ledger.countOpen(partition) >= openLimit / 2) void membership.settle();
  }
  return next;
}
