import { describe, expect, it } from '@jest/globals';
import { BATCH_SIZE, buildBatchBodies, buildMessage, buildSingleBodies, KEYS, VALUE_BYTES } from './records.ts';

describe('records', () => {
  it.each([0, 9, 123_456, 1_000_000])('have values of one size, whatever their number: %d', (index) => {
    expect(Buffer.byteLength(JSON.stringify(buildMessage(index)))).toBe(VALUE_BYTES);
  });

  it('are posted one by one under every key', () => {
    expect(new Set(buildSingleBodies()).size).toBe(KEYS);
  });

  it('are posted in batches that hold every key alike', () => {
    const keys = buildBatchBodies().flatMap((body) =>
      (JSON.parse(body) as { messages: { key: string }[] }).messages.map(({ key }) => key),
    );
    expect(new Set(keys).size).toBe(KEYS);
    expect(keys.filter((key) => key === 'key-17')).toHaveLength(keys.length / KEYS);
    expect(keys.length % BATCH_SIZE).toBe(0);
  });
});
