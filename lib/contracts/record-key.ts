import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { cutText } from './foreign-text.ts';

/** Longest key that is shown, in characters. Longer than what is accepted over HTTP; Kafka takes keys of megabytes. */
export const MAX_SHOWN_KEY_LENGTH = 1024;

/** A record's key as answers show it. Keys that differ look different, or one of the two optional fields says that they may. */
export const recordKeyFields = {
  key: z.string().nullable().describe('As text; null when the record has none, or one that is no text.'),
  keyBase64: z.string().optional().describe('Only of a key that is not UTF-8: its bytes.'),
  keyBytes: z
    .int()
    .optional()
    .describe(
      `Only of a key that is not shown whole, because it is longer than ${String(MAX_SHOWN_KEY_LENGTH)} characters.`,
    ),
};

interface RecordKey {
  readonly key: string | null;
  readonly keyBase64?: string;
  readonly keyBytes?: number;
}

/** Decoded loosely, keys of different bytes would become one: what is no text is told as bytes. */
export function describeKey(key: Buffer | null, mostCharacters = MAX_SHOWN_KEY_LENGTH): RecordKey {
  if (key === null) return { key: null };
  const isText = isUtf8(key);
  const whole = key.toString(isText ? 'utf8' : 'base64');
  const shown = cutText(whole, mostCharacters);
  return {
    ...(isText ? { key: shown } : { key: null, keyBase64: shown }),
    ...(shown === whole ? {} : { keyBytes: key.length }),
  };
}
