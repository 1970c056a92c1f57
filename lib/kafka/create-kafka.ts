import { Kafka, logLevel as KafkaLogLevel, type LogEntry } from 'kafkajs';
import type { Logger } from '../log/create-logger.ts';
import { repairKafkajs } from './kafkajs-internals.ts';

export interface KafkaOptions {
  /** Bootstrap servers, `host:port`. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: Logger;
}

/** The default of 1 s is too short for two starved cores. */
const CONNECTION_TIMEOUT_MS = 3000;
/** A broker that vanished without closing its connections is given up after this time; the default is 30 s. */
const REQUEST_TIMEOUT_MS = 10_000;

/** A kafkajs client, repaired, with connection settings that notice a dead broker soon. */
export function createKafka({ brokers, clientId, logger }: KafkaOptions): Kafka {
  repairKafkajs();
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Retries of single requests; what must not give up has its own loop above.
    retry: { initialRetryTime: 100, maxRetryTime: 1000, factor: 0.2, multiplier: 2, retries: 3 },
    logLevel: KafkaLogLevel.WARN,
    // What the client repeats on every retry is noise to people; our own lines tell what matters.
    logCreator: () => (entry) => logger.debug(describeEntry(entry)),
  });
}

function describeEntry({ namespace, log }: LogEntry): string {
  const error: unknown = log['error'];
  return `kafkajs ${namespace}: ${log.message}${typeof error === 'string' ? ` (${error})` : ''}`;
}
