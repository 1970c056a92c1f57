import { AppError, messageOf } from '../lib/errors/app-error.ts';

/**
 * Kafka's protocol errors that say that a produced batch was refused before it was appended. Only those that
 * nothing but the answer to a produce request can carry: kafkajs may replace that answer by an error of the
 * metadata it then asks for, and a broker that lost its leadership says so also after it appended.
 */
const REFUSED = new Set([
  'NOT_ENOUGH_REPLICAS',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'CORRUPT_MESSAGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'POLICY_VIOLATION',
  'UNKNOWN_PRODUCER_ID',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
]);

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** Errors after which the same batch can never be stored. */
const HOPELESS = new Set([
  ...TOO_LARGE,
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'POLICY_VIOLATION',
  'TOPIC_AUTHORIZATION_FAILED',
]);

/** Errors after which a producer needs a new identity, because the brokers have lost the old one's sequence. */
const IDENTITY_LOST = new Set(['UNKNOWN_PRODUCER_ID', 'OUT_OF_ORDER_SEQUENCE_NUMBER', 'INVALID_PRODUCER_EPOCH']);

/** Errors of a broker that does not lead the partition, or of one that does not know it yet. */
const STALE_METADATA = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

/** Errors of a leader that cannot give a partition's records just now: it does so soon, or another one does. */
const NOT_NOW = new Set([
  ...STALE_METADATA,
  'REPLICA_NOT_AVAILABLE',
  'OFFSET_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
]);

/** Errors of a coordinator that is gone or is not the coordinator any more. */
const COORDINATOR_MOVED = new Set([
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]);

const BROKER_LOST = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSBrokerNotFound',
]);

const REBALANCE = new Set(['REBALANCE_IN_PROGRESS']);

/** Errors that mean: the group has gone on without this member, and what it owned may be another one's. */
const LOST = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID']);

/** Whether a produced batch was refused before it was appended, so that this try has stored nothing. */
export function isRefusedBatch(error: unknown): boolean {
  return hasType(error, REFUSED);
}

/**
 * The refusal of a batch that can never be stored, with the broker's reason: `record-too-large` or `record-refused`.
 * Undefined when another try may end otherwise.
 */
export function toRefusal(error: unknown): AppError | undefined {
  const reason = findType(error, HOPELESS);
  if (reason === undefined) return undefined;
  const code = TOO_LARGE.has(reason) ? 'record-too-large' : 'record-refused';
  const sentence = `the brokers refuse the record (${reason}): ${messageOf(error)}`;
  return new AppError(code, sentence, { details: { reason }, cause: error });
}

/** Whether the producer needs a new identity before it can send this batch again. */
export function isIdentityLost(error: unknown): boolean {
  return hasType(error, IDENTITY_LOST);
}

/** Whether another broker must be asked: who leads the partition is known wrongly. */
export function isStaleMetadata(error: unknown): boolean {
  return hasType(error, STALE_METADATA);
}

/** Whether the same fetch may be answered soon, by this broker or another one. */
export function isNotReadableNow(error: unknown): boolean {
  return hasType(error, NOT_NOW);
}

/** Whether the broker cannot read its own log. */
export function isDamagedLog(error: unknown): boolean {
  return hasType(error, new Set(['CORRUPT_MESSAGE']));
}

/** Whether an offset is before the beginning of the log, or beyond its end. */
export function isOutOfRange(error: unknown): boolean {
  return hasType(error, new Set(['OFFSET_OUT_OF_RANGE']));
}

/** Whether the brokers said that a topic, or a partition of it, is not there. */
export function isUnknownTopic(error: unknown): boolean {
  return hasType(error, new Set(['UNKNOWN_TOPIC_OR_PARTITION']));
}

/** Whether the group is rebalancing, and the member has to join again. */
export function isRebalance(error: unknown): boolean {
  return hasType(error, REBALANCE);
}

/** Whether the group has gone on without the member, so that its commits are refused. */
export function isLost(error: unknown): boolean {
  return hasType(error, LOST);
}

/** Whether another process is the static member of that id now. */
export function isFenced(error: unknown): boolean {
  return hasType(error, new Set(['FENCED_INSTANCE_ID']));
}

/** Whether the group's coordinator must be looked for again: it moved, or its connection broke. */
export function isCoordinatorLost(error: unknown): boolean {
  return hasType(error, COORDINATOR_MOVED) || isBrokerLost(error);
}

/** Whether a broker could not be reached, or did not answer, or is not known. */
export function isBrokerLost(error: unknown): boolean {
  return findInChain(error, ({ name }) => BROKER_LOST.has(name)) !== undefined;
}

/**
 * kafkajs keeps a broker whose connection closed, or was closed because nobody answered, in its pool until it is told
 * to drop it. The address is in the error, which kafkajs' own retries may have wrapped.
 */
export function findClosedConnection(error: unknown): { host: string; port: number } | undefined {
  const closed = findInChain(error, ({ name }) => name === 'KafkaJSConnectionClosedError');
  if (closed === undefined || !('host' in closed) || !('port' in closed)) return undefined;
  return { host: String(closed.host), port: Number(closed.port) };
}

/** Translates an error of the client library, for callers that have nothing better to say. */
export function toAppError(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error;
  return new AppError('kafka-unavailable', `${doing}: ${messageOf(error)}`, { retriable: true, cause: error });
}

/** Whether the error, or one that it wraps, is one of Kafka's protocol errors by these names. */
export function hasType(error: unknown, types: ReadonlySet<string>): boolean {
  return findType(error, types) !== undefined;
}

function findType(error: unknown, types: ReadonlySet<string>): string | undefined {
  const typeOf = (link: Error): string => ('type' in link && typeof link.type === 'string' ? link.type : '');
  const found = findInChain(error, (link) => types.has(typeOf(link)));
  return found && typeOf(found);
}

/** The name of Kafka's protocol error that it is, or wraps. */
export function typeOf(error: unknown): string | undefined {
  const typed = findInChain(error, (link) => 'type' in link && typeof link.type === 'string');
  return typed !== undefined && 'type' in typed ? String(typed.type) : undefined;
}

/** kafkajs wraps errors as `cause` or `originalError`, some several times. */
function findInChain(error: unknown, matches: (link: Error) => boolean): Error | undefined {
  for (let link = error, depth = 0; link instanceof Error && depth < 10; depth += 1) {
    if (matches(link)) return link;
    link = link.cause ?? ('originalError' in link ? link.originalError : undefined);
  }
  return undefined;
}
