import { setTimeout as delay } from 'node:timers/promises';
import { DEAD_LETTER_HEADERS } from '../../lib/contracts/dead-letter.ts';
import { parseMessage } from '../../lib/contracts/message.ts';
import { describeKey } from '../../lib/contracts/record-key.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import type { ProducerRecord, SafeProducer } from '../../kafka/producer/safe-producer.ts';
import type { ProcessRecord } from '../../kafka/member/process-persistently.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { RateLimiter } from '../../lib/log/rate-limiter.ts';

/** Of a key in a log line. */
const MOST_LOGGED_KEY_CHARACTERS = 200;

export interface ProcessRecordDeps {
  readonly deadLetters: Pick<SafeProducer, 'send'>;
  /** How long processing takes now, in milliseconds. */
  readonly readDelayMs: () => number;
  readonly limiter: RateLimiter;
  readonly logger: Logger;
  readonly onProcessed: (outcome: 'message' | 'dead-letter') => void;
}

/**
 * Builds what this consumer does with a record: it says so, in one line. A record that is no message goes to
 * the dead letters and counts as processed, so that it does not block its partition.
 */
export function createProcessRecord(deps: ProcessRecordDeps): ProcessRecord {
  return (record, signal) => {
    const delayMs = deps.readDelayMs();
    return delayMs === 0 ? processNow(deps, record) : processLater(deps, record, delayMs, signal);
  };
}

async function processLater(
  deps: ProcessRecordDeps,
  record: LogRecord,
  delayMs: number,
  signal: AbortSignal,
): Promise<void> {
  await delay(delayMs, undefined, { signal });
  await processNow(deps, record);
}

/** At once, but for dead letters. */
function processNow(deps: ProcessRecordDeps, record: LogRecord): Promise<void> | undefined {
  const { limiter, logger, onProcessed } = deps;
  const parsed = parseMessage(record.value);
  if ('reason' in parsed) return bury(deps, record, parsed.reason);
  onProcessed('message');
  if (!limiter.tryTake()) return undefined;
  const { partition, offset } = record;
  const leftOut = limiter.takeRefusedCount();
  logger.info(
    {
      partition,
      offset,
      ...(record.key ? describeLoggedKey(record.key) : {}),
      message: parsed.message.name,
      ...(leftOut > 0 ? { leftOut } : {}),
    },
    'processed',
  );
  return undefined;
}

/** One of the two: as text, or as the bytes of what is no text. */
function describeLoggedKey(bytes: Buffer): object {
  const { key, ...signs } = describeKey(bytes, MOST_LOGGED_KEY_CHARACTERS);
  return key === null ? signs : { key, ...signs };
}

async function bury(deps: ProcessRecordDeps, record: LogRecord, reason: string): Promise<void> {
  const { partition, offset } = record;
  await writeDeadLetter(deps.deadLetters, toDeadLetter(record, reason));
  deps.logger.warn({ partition, offset, reason }, 'dead letter');
  deps.onProcessed('dead-letter');
}

/**
 * A record near the brokers' limit is over it with the headers of a dead letter. Then its key and value stay behind:
 * where it stands is in the headers.
 */
async function writeDeadLetter(deadLetters: ProcessRecordDeps['deadLetters'], letter: ProducerRecord): Promise<void> {
  try {
    await deadLetters.send(letter);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'record-too-large') throw error;
    const headers = { ...letter.headers, [DEAD_LETTER_HEADERS.omitted]: 'key and value: too large' };
    await deadLetters.send({ key: null, value: null, headers });
  }
}

function toDeadLetter(record: LogRecord, reason: string): ProducerRecord {
  return {
    key: record.key,
    value: record.value,
    headers: {
      [DEAD_LETTER_HEADERS.topic]: record.topic,
      [DEAD_LETTER_HEADERS.partition]: String(record.partition),
      [DEAD_LETTER_HEADERS.offset]: String(record.offset),
      [DEAD_LETTER_HEADERS.reason]: reason,
    },
  };
}
