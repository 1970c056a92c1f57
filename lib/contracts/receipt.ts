import { z } from 'zod';
import { parseJsonBytes } from './parse-json-bytes.ts';

/**
 * One finished run of offsets of one partition, as a member wrote it into the ledger (`app.receipts`,
 * same partition number), acknowledged by the brokers before the offsets were committed.
 * So a record without a receipt was not processed. Append order counts; the clocks are for display.
 */
export const receiptSchema = z
  .object({
    topic: z.string().min(1),
    partition: z.int().min(0),
    /** First offset of the run. */
    from: z.int().min(0),
    /** Last offset of the run, included. */
    to: z.int().min(0),
    /** The member that processed it: its client id, which is its pod's name. */
    member: z.string().min(1),
    /** The group's generation in which the partition was the member's. */
    generation: z.int().min(0).optional(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
  })
  .refine(({ from, to }) => from <= to, { error: '`to` is before `from`', path: ['to'] })
  .meta({ id: 'Receipt' });

export type Receipt = z.infer<typeof receiptSchema>;

/** @returns the receipt, or undefined when the value is none. */
export function parseReceipt(value: Buffer | null): Receipt | undefined {
  if (value === null) return undefined;
  try {
    const result = receiptSchema.safeParse(parseJsonBytes(value));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
