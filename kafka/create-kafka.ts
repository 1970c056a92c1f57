import { Kafka, logLevel as KafkaLogLevel, type LogEntry } from 'kafkajs';
import type { Logger } from '../lib/log/create-logger.ts';
import { connectSocket } from './connect-socket.ts';
import { repairKafkajs } from './kafkajs/repairs.ts';

/** Where the brokers are, and under which name they and the log know the client. */
export interface KafkaOptions {
  /** Bootstrap servers, `host:port`. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: Logger;
}

/** What a client sets otherwise that has a loop of its own around every request. */
export interface RequestPatience {
  /** Silence after which a request counts as unanswered, in milliseconds. @default 10,000 */
  readonly requestTimeoutMs?: number;
  /** How often kafkajs tries a request, or a first connection, again. @default 3 */
  readonly retries?: number;
}

/** The default of 1 s is too short for two starved cores. */
const CONNECTION_TIMEOUT_MS = 3000;
/** A broker that vanished without closing its connections is given up after this time; the default is 30 s. */
const REQUEST_TIMEOUT_MS = 10_000;
const RETRIES = 3;

/** A kafkajs client, repaired, with connection settings that notice a dead broker soon. */
export function createKafka({ brokers, clientId, logger }: KafkaOptions, patience: RequestPatience = {}): Kafka {
  const { requestTimeoutMs = REQUEST_TIMEOUT_MS, retries = RETRIES } = patience;
  repairKafkajs();
  return new Kafka({
    brokers: [...brokers],
    clientId,
    // It bounds the first request of a connection, too.
    connectionTimeout: Math.min(CONNECTION_TIMEOUT_MS, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    socketFactory: (target) => connectSocket(target),
    // Retries of single requests; what must not give up has its own loop above.
    retry: { initialRetryTime: 100, maxRetryTime: 1000, factor: 0.2, multiplier: 2, retries },
    logLevel: KafkaLogLevel.WARN,
    // What the client repeats on every retry is noise to people; our own lines tell what matters.
    logCreator: () => (entry) => logger.debug(describeEntry(entry)),
  });
}

function describeEntry({ namespace, log }: LogEntry): string {
  const error: unknown = log['error'];
  return `kafkajs ${namespace}: ${log.message}${typeof error === 'string' ? ` (${error})` : ''}`;
}
