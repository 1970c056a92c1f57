import { z } from 'zod';
import { messageSchema } from './message.ts';
import { recordKeyFields } from './record-key.ts';

/** A record of the topic, and which replica of the group processed it. */
export const consumedMessageSchema = z
  .object({
    partition: z.int(),
    offset: z.int(),
    ...recordKeyFields,
    storedAt: z.iso
      .datetime()
      .nullable()
      .describe('As the producer set it; null when that is no time in milliseconds.'),
    message: messageSchema.nullable().describe('Null when the record is no message; then `reason` says why.'),
    reason: z.string().optional(),
    processedBy: z
      .string()
      .nullable()
      .describe('The replica that processed it first; null while nobody has, or when the ledger no longer tells.'),
    processedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ConsumedMessage' });

export type ConsumedMessage = z.infer<typeof consumedMessageSchema>;
