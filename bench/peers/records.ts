/** The records that all compared clients store alike. */

/** As many as the lab's own load has, give or take: enough to spread over a few partitions. */
export const KEYS = 120;
/** Size of the value of a record that is not posted by itself. */
export const VALUE_BYTES = 200;
/** Messages of one request to `POST /producer/batch`. */
export const BATCH_SIZE = 100;

const DISTINCT_BATCHES = 12;

export function buildKey(index: number): string {
  return `key-${String(index % KEYS)}`;
}

/** A message whose JSON has the size of a value. */
export function buildMessage(index: number): { readonly name: string } {
  const prefix = `message ${String(index)} `;
  const room = VALUE_BYTES - JSON.stringify({ name: prefix }).length;
  return { name: prefix + 'x'.repeat(room) };
}

/** Bodies of `POST /producer`, one for each key. */
export function buildSingleBodies(): readonly string[] {
  return Array.from({ length: KEYS }, (_, index) => JSON.stringify({ name: 'hello', key: buildKey(index) }));
}

/** Bodies of `POST /producer/batch`: each begins with another key. */
export function buildBatchBodies(): readonly string[] {
  return Array.from({ length: DISTINCT_BATCHES }, (_, batch) => {
    const first = batch * BATCH_SIZE;
    const indexes = Array.from({ length: BATCH_SIZE }, (_one, index) => first + index);
    return JSON.stringify({ messages: indexes.map((index) => ({ ...buildMessage(index), key: buildKey(index) })) });
  });
}
