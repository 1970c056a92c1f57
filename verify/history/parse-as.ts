import type { z } from 'zod';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';

/**
 * What was read from a file, held to what may stand there.
 *
 * @throws AppError `data-mismatch` with the first thing that is wrong, in one sentence
 */
export function parseAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const name = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  throw new AppError('data-mismatch', `${name}${issue?.message ?? 'it cannot be read'}`, { cause: result.error });
}

/**
 * The same of a text of JSON that is a file.
 *
 * @throws AppError `data-mismatch` that names the file
 */
export function parseJsonAs<Schema extends z.ZodType>(file: string, schema: Schema, text: string): z.infer<Schema> {
  try {
    return parseAs(schema, JSON.parse(text));
  } catch (error) {
    const why = `${file} is damaged, or of another version: ${messageOf(error)}`;
    throw new AppError('data-mismatch', why, { cause: error });
  }
}
