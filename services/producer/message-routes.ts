import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER, messageRequestSchema, type MessageRequest } from '../../lib/contracts/message.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import { route, type Route } from '../../lib/http/route.ts';
import type { SafeProducer, Stored } from '../../kafka/producer/safe-producer.ts';

/** Messages of one request at most. */
export const LARGEST_BATCH = 1000;

const storedSchema = z
  .object({
    topic: z.string(),
    partition: z.int(),
    offset: z.int(),
  })
  .meta({ id: 'Stored' });

const headersSchema = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('Travels with the record as a header, for consumers that recognize repetitions.'),
});

const outcomeSchema = z
  .discriminatedUnion('outcome', [
    storedSchema.extend({ outcome: z.literal('stored') }),
    z.object({ outcome: z.literal('failed'), code: z.string(), detail: z.string() }),
  ])
  .meta({ id: 'Outcome' });

const problems = {
  'kafka-unavailable': 'No broker was given the message in time: it is not stored, and never will be.',
  'queue-full': 'Too many messages wait for the brokers: it is not stored.',
  'shutting-down': 'This replica is ending: it is not stored.',
  'outcome-unknown': 'A broker was given the message and did not confirm it in time: it may be stored, once.',
  'record-too-large': 'The brokers do not take a record of this size.',
  'record-refused': 'The brokers do not take such a record; `reason` is their own word for why.',
} as const;

/** Where messages are stored, and by whom. */
export interface MessageRoutesDeps {
  readonly topic: string;
  readonly producer: SafeProducer;
}

/** `POST /producer` and `POST /producer/batch`: answered once the brokers have stored the messages. */
export function buildMessageRoutes({ topic, producer }: MessageRoutesDeps): Route[] {
  const store = (request: MessageRequest, idempotencyKey: string | undefined): Promise<Stored> => {
    const { key, ...message } = request;
    return producer.send({
      key: key ?? null,
      value: JSON.stringify(message),
      ...(idempotencyKey === undefined ? {} : { headers: { [IDEMPOTENCY_KEY_HEADER]: toHeaderBytes(idempotencyKey) } }),
    });
  };
  return [
    route({
      method: 'post',
      path: '/producer',
      summary: 'Store a message',
      description: 'Answers once the message is stored on all in-sync replicas, with the place where it stands.',
      tags: ['messages'],
      headers: headersSchema,
      body: messageRequestSchema,
      responses: { 201: { description: 'Stored.', schema: storedSchema } },
      problems,
      handle: async ({ body, headers }) => ({
        status: 201,
        body: { topic, ...(await store(body, headers['idempotency-key'])) },
      }),
    }),
    route({
      method: 'post',
      path: '/producer/batch',
      summary: 'Store several messages',
      description:
        'Each message has an outcome of its own, in the order of the request. When all fail for one reason, that problem is the answer.',
      tags: ['messages'],
      headers: headersSchema,
      body: z.strictObject({ messages: z.array(messageRequestSchema).min(1).max(LARGEST_BATCH) }).meta({ id: 'Batch' }),
      responses: {
        201: { description: 'All are stored.', schema: z.object({ results: z.array(outcomeSchema) }) },
        207: {
          description: 'Some are stored, or none for several reasons.',
          schema: z.object({ results: z.array(outcomeSchema) }),
        },
      },
      problems,
      handle: async ({ body, headers }) => {
        const idempotencyKey = headers['idempotency-key'];
        const outcomes = await Promise.all(
          body.messages.map((message, index) =>
            store(message, idempotencyKey === undefined ? undefined : `${idempotencyKey}/${String(index)}`).catch(
              asAppError,
            ),
          ),
        );
        throwIfAllFailedAlike(outcomes);
        const results = outcomes.map((outcome) => describeOutcome(topic, outcome));
        return { status: results.every(({ outcome }) => outcome === 'stored') ? 201 : 207, body: { results } };
      },
    }),
  ];
}

/** The bytes that the client sent: Node reads a header as one character for each byte. */
function toHeaderBytes(header: string): Buffer {
  return Buffer.from(header, 'latin1');
}

function describeOutcome(topic: string, outcome: Stored | AppError): z.input<typeof outcomeSchema> {
  return outcome instanceof AppError
    ? { outcome: 'failed', code: outcome.code, detail: outcome.message }
    : { outcome: 'stored', topic, ...outcome };
}

function throwIfAllFailedAlike(outcomes: readonly (Stored | AppError)[]): void {
  const [first] = outcomes;
  if (first instanceof AppError && outcomes.every((one) => one instanceof AppError && one.code === first.code))
    throw first;
}

function asAppError(reason: unknown): AppError {
  return reason instanceof AppError
    ? reason
    : new AppError('internal', 'the message could not be stored', { cause: reason });
}
