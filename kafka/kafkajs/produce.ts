/**
 * Producing below kafkajs' producer, which takes the sequence of a failed batch back and gives it to the next, repeats
 * requests by itself, and tells only the first error of an answer. Written for the
 * insides of kafkajs 2.2.4, which repairs.ts checks.
 */
import errors from 'kafkajs/src/protocol/error.js';
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { PRODUCE_API_KEY, trackProduce, type BrokerInternals, type ProduceAttempt } from './internals.ts';

/** What the brokers know an idempotent producer by. */
export interface ProducerIdentity {
  readonly producerId: string;
  readonly producerEpoch: number;
}

interface ProducedRecord {
  readonly key: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers: Readonly<Record<string, string | Buffer>>;
}

/** The batch of one partition in a request. */
export interface ProducedBatch {
  readonly partition: number;
  /** Of its first record; the brokers recognize a repetition by it. */
  readonly firstSequence: number;
  readonly messages: readonly ProducedRecord[];
  readonly attempt: ProduceAttempt;
}

/** The broker's word on one partition's batch: the offset of its first record, or why it refuses it. */
export type Produced = { readonly baseOffset: number } | { readonly error: Error };

/** How long a broker waits for its followers before it answers, in milliseconds. */
const PRODUCE_TIMEOUT_MS = 8000;
/** Longer than the broker's own limit: its word is worth more than ours. */
const REQUEST_TIMEOUT_MS = 10_000;
const TRANSACTION_TIMEOUT_MS = 60_000;
const ALL_IN_SYNC = -1;
const NO_COMPRESSION = 0;

/** Asks a broker, any will do, for an identity that nobody else has. */
export async function createProducerIdentity(broker: BrokerInternals): Promise<ProducerIdentity> {
  const { producerId, producerEpoch } = await broker.initProducerId({
    transactionalId: null,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
  });
  return { producerId, producerEpoch };
}

/**
 * Sends batches of several partitions to their leader in one request, once; it answers for each of them.
 *
 * @throws kafkajs' errors when there is no answer; the attempts know whether the request was handed over
 */
export async function produceOnce(
  broker: BrokerInternals,
  topic: string,
  { producerId, producerEpoch }: ProducerIdentity,
  batches: readonly ProducedBatch[],
): Promise<ReadonlyMap<number, Produced>> {
  const produce = broker.lookupRequest(PRODUCE_API_KEY, protocol.requests.Produce);
  const { request, response } = produce({
    acks: ALL_IN_SYNC,
    timeout: PRODUCE_TIMEOUT_MS,
    compression: NO_COMPRESSION,
    transactionalId: null,
    producerId,
    producerEpoch,
    topicData: [{ topic, partitions: batches }],
  });
  const attempts = batches.map(({ attempt }) => attempt);
  const { topics } = await trackProduce(attempts, () =>
    broker.connectionPool.send({
      request,
      response: { decode: (data) => response.decode(data), parse: (decoded) => decoded as ProduceResponse },
      requestTimeout: REQUEST_TIMEOUT_MS,
    }),
  );
  const answered = topics.flatMap(({ partitions }) => partitions);
  return new Map(
    answered.map(({ partition, errorCode, baseOffset }): [number, Produced] => [
      partition,
      errorCode === 0 ? { baseOffset: Number(baseOffset) } : { error: errors.createErrorFromCode(errorCode) },
    ]),
  );
}

interface ProduceResponse {
  readonly topics: readonly {
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly baseOffset: string;
    }[];
  }[];
}
