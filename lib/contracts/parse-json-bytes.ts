import { isUtf8 } from 'node:buffer';

/** Bytes that are no JSON text, and why, in words that complete "the body is …", "the value is …". */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
}

const BYTE_ORDER_MARK = '\u{feff}';

/**
 * The one rule for JSON that comes from outside, by HTTP or from Kafka (RFC 8259, 8.1): it is UTF-8, and a byte order
 * mark before it is ignored. Decoded loosely, different bytes would become one text.
 *
 * @throws NotJsonError
 */
export function parseJsonBytes(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new NotJsonError('not UTF-8');
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text) as unknown;
  } catch (error) {
    throw new NotJsonError('not JSON', { cause: error });
  }
}
