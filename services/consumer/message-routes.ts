import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { consumedMessageSchema } from '../../lib/contracts/consumed-message.ts';
import { receiptSchema } from '../../lib/contracts/receipt.ts';
import { messageOf } from '../../lib/errors/app-error.ts';
import { route, streamRoute, type Route } from '../../lib/http/route.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { Positions, RecentMessages } from './recent-messages.ts';

const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 500;
const POLL_MS = 300;
const MOST_PER_POLL = 500;

const limitSchema = z
  .string()
  .regex(/^\d{1,5}$/, 'a whole number')
  .transform(Number)
  .pipe(z.number().min(1).max(LARGEST_LIMIT))
  .optional()
  .meta({ description: `How many, at most ${String(LARGEST_LIMIT)}. Default: ${String(DEFAULT_LIMIT)}.` });

const unavailable = { 'kafka-unavailable': 'The brokers do not answer.' } as const;

/** What the whole group has seen: the newest messages, and a stream of what comes. */
export function buildMessageRoutes(recent: RecentMessages, replica: string, logger: Logger): Route[] {
  return [
    route({
      method: 'get',
      path: '/messages',
      summary: 'The newest messages, and which replica processed each',
      description: 'Answers for the whole group, from any replica. A message that was stored is in the next answer.',
      tags: ['messages'],
      query: z.strictObject({ limit: limitSchema }),
      responses: {
        200: {
          description: 'Oldest first.',
          schema: z.object({ answeredBy: z.string(), messages: z.array(consumedMessageSchema) }),
        },
      },
      problems: unavailable,
      handle: async ({ query }) => ({
        status: 200,
        body: { answeredBy: replica, messages: [...(await recent.read(query.limit ?? DEFAULT_LIMIT))] },
      }),
    }),
    streamRoute({
      path: '/messages/stream',
      summary: 'Messages and receipts of the whole group as they come',
      description:
        'Server-sent events: `message` when one is stored, `processed` when a replica has accounted for a run of offsets. A client that reconnects goes on where it was.',
      tags: ['messages'],
      events: { message: consumedMessageSchema, processed: receiptSchema },
      problems: unavailable,
      open: async ({ signal, lastEventId }, stream) => {
        const positions = parsePositions(lastEventId) ?? (await recent.readEnds());
        const feed = async (): Promise<void> => {
          while (!signal.aborted) {
            const { messages, receipts } = await recent.readSince(positions, MOST_PER_POLL);
            const id = formatPositions(positions);
            // The id moves on with the last event of a poll, so that a client repeats events rather than misses some.
            const events = [
              ...messages.map((data) => ['message', data] as const),
              ...receipts.map((data) => ['processed', data] as const),
            ];
            events.forEach(([event, data], index) => {
              if (event === 'message') stream.send(event, data, index === events.length - 1 ? id : undefined);
              else stream.send(event, data, index === events.length - 1 ? id : undefined);
            });
            await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
          }
        };
        feed().catch((error: unknown) => {
          logger.warn(`a stream of messages ended: ${messageOf(error)}`);
          stream.end();
        });
      },
    }),
  ];
}

function formatPositions({ messages, receipts }: Positions): string {
  const format = (offsets: Map<number, number>) => [...offsets].map((pair) => pair.join(':')).join(',');
  return `${format(messages)}/${format(receipts)}`;
}

function parsePositions(id: string | undefined): Positions | undefined {
  if (id === undefined || !/^[\d:,]*\/[\d:,]*$/.test(id)) return undefined;
  const [messages = '', receipts = ''] = id.split('/');
  const parse = (text: string) =>
    new Map(
      text
        .split(',')
        .filter((pair) => /^\d{1,9}:\d{1,15}$/.test(pair))
        .map((pair) => pair.split(':').map(Number) as [number, number]),
    );
  return { messages: parse(messages), receipts: parse(receipts) };
}
