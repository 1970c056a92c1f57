/** Why bytes of a log cannot be read; the message says it in words that follow "cannot be read: ". */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}
