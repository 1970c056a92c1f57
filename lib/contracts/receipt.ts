import { z } from 'zod';
import { describeWrong } from '../wording/wording.ts';
import { NotJsonError, parseJsonBytes } from './parse-json-bytes.ts';

/** ISO 8601 with the offset from UTC: `Z`, `+00:00` or any other. */
const time = z.iso.datetime({ offset: true, error: 'a time such as 2026-11-22T16:00:10.349Z' });
const wholeNumber = (least: number) => {
  const error = `a whole number, ${String(least)} or more`;
  return z.int({ error }).min(least, { error });
};
const count = wholeNumber(0);
const text = z.string({ error: 'a string that is not empty' }).min(1, { error: 'a string that is not empty' });

/**
 * One finished run of offsets of one partition, as a member wrote it into the ledger (`app.receipts`,
 * same partition number), acknowledged by the brokers before the offsets were committed.
 * So a record without a receipt was not processed. Append order counts; the clocks are for display.
 */
export const receiptSchema = z
  .object({
    topic: text,
    partition: count,
    /** First offset of the run. */
    from: count,
    /** Last offset of the run, included. */
    to: count,
    /** The member that processed it: its client id, which is its pod's name. */
    member: text,
    /** The group's generation in which the partition was the member's. */
    generation: count.optional(),
    /** How many records the run is of; those that were dealt with by leaving them out count, too. */
    records: wholeNumber(1).optional(),
    /** Which records these are, by `extendDigest`. */
    digest: z
      .string({ error: 'eight lowercase hexadecimal digits' })
      .regex(/^[0-9a-f]{8}$/, { error: 'eight lowercase hexadecimal digits' })
      .optional(),
    startedAt: time,
    finishedAt: time,
  })
  .refine(({ from, to }) => from <= to, { error: 'an offset that is not before `from`', path: ['to'] })
  .meta({ id: 'Receipt' });

export type Receipt = z.infer<typeof receiptSchema>;

/**
 * Reads a record of the ledger.
 *
 * @returns the receipt, or a reason in words why it is none, with the field and what stands there
 */
export function parseReceipt(value: Buffer | null): { receipt: Receipt } | { reason: string } {
  if (value === null) return { reason: 'the value is empty' };
  let json: unknown;
  try {
    json = parseJsonBytes(value);
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    return { reason: `the value is ${error.message}` };
  }
  const result = receiptSchema.safeParse(json);
  if (result.success) return { receipt: inUtc(result.data) };
  const [issue] = result.error.issues;
  if (issue === undefined || issue.path.length === 0) return { reason: 'the value is no JSON object' };
  const [field] = issue.path;
  const given = (json as Record<PropertyKey, unknown>)[field ?? ''];
  return { reason: describeWrong(`\`${String(field)}\``, given, `it must be ${issue.message}`) };
}

/** Times of one form, whatever their offset from UTC was. */
function inUtc(receipt: Receipt): Receipt {
  const { startedAt, finishedAt } = receipt;
  if (startedAt.endsWith('Z') && finishedAt.endsWith('Z')) return receipt;
  return {
    ...receipt,
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
  };
}
