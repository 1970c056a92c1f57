import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { LogRecord } from '../records/log-record.ts';

const AGAIN_AFTER_MS = 1000;

/** What is done with a record: at once, or until the promise resolves. */
export type ProcessRecord = (record: LogRecord, signal: AbortSignal) => Promise<void> | undefined;

/**
 * Processes a record until it is processed, or left to the next owner by the signal. A failure is no reason to end
 * the client, which would make the whole group rebalance, for ever if the record is the reason.
 *
 * @returns undefined when it was processed at once: a promise for each record costs more than most of them
 */
export function processPersistently(
  process: ProcessRecord,
  record: LogRecord,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> | undefined {
  try {
    const pending = process(record, signal);
    return pending?.catch((error: unknown) => processAgain(error, process, record, signal, logger));
  } catch (error) {
    return processAgain(error, process, record, signal, logger);
  }
}

async function processAgain(
  firstError: unknown,
  process: ProcessRecord,
  record: LogRecord,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  let failure = firstError;
  for (;;) {
    signal.throwIfAborted();
    const { partition, offset } = record;
    logger.warn({ partition, offset, err: failure }, 'could not be processed, is tried again');
    await delay(AGAIN_AFTER_MS, undefined, { signal });
    try {
      await process(record, signal);
      return;
    } catch (error) {
      failure = error;
    }
  }
}
