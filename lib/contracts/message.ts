import { z } from 'zod';
import { NotJsonError, parseJsonBytes } from './parse-json-bytes.ts';

const LONGEST_REASON = 500;

/** Longest key accepted over HTTP, in characters. */
export const MAX_KEY_LENGTH = 256;

/** What is stored as the value of a record of `app`, as JSON. */
export const messageSchema = z
  .strictObject({
    name: z.string().min(1).max(1024).describe('What the message is called.'),
    description: z.string().max(65_536).optional().describe('Anything more to say.'),
  })
  .meta({ id: 'Message' });

export type Message = z.infer<typeof messageSchema>;

/** What is posted: a message and the key that decides its partition. */
export const messageRequestSchema = messageSchema
  .extend({
    key: z
      .string()
      .min(1)
      .max(MAX_KEY_LENGTH)
      // As bytes of a record all lone surrogates would become one key.
      .refine((key) => key.isWellFormed(), { error: 'Invalid input: a surrogate without its other half' })
      .optional()
      .describe('Records of one key stay in order on one partition. Without a key the partition is chosen in turn.'),
  })
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- what the documentation page shows
  .meta({ id: 'MessageRequest', example: { name: 'hello', description: 'from the docs', key: 'greetings' } });

export type MessageRequest = z.infer<typeof messageRequestSchema>;

/** Name of the record header that carries the `Idempotency-Key` of a request. */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

/**
 * Reads a record's value.
 *
 * @returns the message, or a reason in words why it is none.
 */
export function parseMessage(value: Buffer | null): { message: Message } | { reason: string } {
  if (value === null) return { reason: 'the value is empty' };
  let json: unknown;
  try {
    json = parseJsonBytes(value);
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    return { reason: `the value is ${error.message}` };
  }
  const result = messageSchema.safeParse(json);
  if (result.success) return { message: result.data };
  // Short, whatever the record: the reason travels in a header and in log lines.
  return { reason: z.prettifyError(result.error).replaceAll('\n', ' ').slice(0, LONGEST_REASON) };
}
