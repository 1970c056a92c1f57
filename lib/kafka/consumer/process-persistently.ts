import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../log/create-logger.ts';
import type { LogRecord } from '../log-reader.ts';

const AGAIN_AFTER_MS = 1000;

/**
 * Processes a record until it is processed, or left to the next owner by the signal. A failure is no reason to end
 * the client, which would make the whole group rebalance, for ever if the record is the reason.
 */
export async function processPersistently(
  process: (record: LogRecord, signal: AbortSignal) => Promise<void>,
  record: LogRecord,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  for (;;) {
    try {
      await process(record, signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      const { partition, offset } = record;
      logger.warn({ partition, offset, err: error }, 'could not be processed, is tried again');
      await delay(AGAIN_AFTER_MS, undefined, { signal });
    }
  }
}
