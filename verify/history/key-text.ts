import { isUtf8 } from 'node:buffer';

/**
 * A key as text: what it says when it is UTF-8, as it nearly always is. Of any other each byte beyond ASCII becomes a
 * lone surrogate of its own (U+DC80 to U+DCFF, which no UTF-8 has): different bytes are different texts, also in JSON.
 */
export function keyText(key: Buffer): string {
  if (isUtf8(key)) return key.toString('utf8');
  return Array.from(key, (byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join('');
}
