import { z } from 'zod';
import { consumedMessageSchema } from '../../lib/contracts/consumed-message.ts';
import { receiptSchema } from '../../lib/contracts/receipt.ts';
import { route, streamRoute, type Route } from '../../lib/http/route.ts';
import { LOOK_BACK_RECORDS, type MessageTail } from './message-tail.ts';
import { parsePositions } from './positions.ts';
import type { RecentMessages } from './recent-messages.ts';

export const DEFAULT_LIMIT = 50;
export const LARGEST_LIMIT = 500;

const skippedSchema = z.object({ topic: z.string(), partition: z.int(), from: z.int(), to: z.int() }).meta({
  id: 'Skipped',
  description: 'Offsets, both included, that the stream leaves out because they are too far back, or cannot be read.',
});

const limitSchema = z
  .string()
  .regex(/^\d{1,5}$/, 'a whole number')
  .transform(Number)
  .pipe(z.number().min(1).max(LARGEST_LIMIT))
  .optional()
  .meta({ description: `How many, at most ${String(LARGEST_LIMIT)}. Default: ${String(DEFAULT_LIMIT)}.` });

const problems = {
  'kafka-unavailable': 'The brokers do not answer.',
  'queue-full': 'Other clients hold the memory that an answer needs, or all streams that there may be are open.',
} as const;

export interface MessageRoutesDeps {
  readonly recent: RecentMessages;
  readonly tail: MessageTail;
  readonly replica: string;
}

/** What the whole group has seen: the newest messages, and a stream of what comes. */
export function buildMessageRoutes({ recent, tail, replica }: MessageRoutesDeps): Route[] {
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
          schema: z.object({
            answeredBy: z.string(),
            messages: z.array(consumedMessageSchema),
            unreadable: z
              .array(z.object({ topic: z.string(), partition: z.int(), offset: z.int(), reason: z.string() }))
              .describe('Where a partition cannot be read: what lies behind is not among the messages.'),
          }),
        },
      },
      problems,
      handle: async ({ query, memory }) => {
        const { messages, unreadable } = await recent.read(query.limit ?? DEFAULT_LIMIT, memory);
        return { status: 200, body: { answeredBy: replica, messages: [...messages], unreadable: [...unreadable] } };
      },
    }),
    streamRoute({
      path: '/messages/stream',
      summary: 'Messages and receipts of the whole group as they come',
      description: `Server-sent events: \`message\` when one is stored, \`processed\` when a replica has accounted for a run of offsets. A client that reconnects goes on where it was, at most ${String(LOOK_BACK_RECORDS)} records of a partition back; \`skipped\` says what is left out.`,
      tags: ['messages'],
      events: { message: consumedMessageSchema, processed: receiptSchema, skipped: skippedSchema },
      problems,
      open: ({ signal, lastEventId, memory }, stream) =>
        tail.feed({ stream, signal, memory }, parsePositions(lastEventId)),
    }),
  ];
}
