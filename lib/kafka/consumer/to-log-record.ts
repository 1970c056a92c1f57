import type { Batch } from 'kafkajs';
import type { LogRecord } from '../log-reader.ts';

/** A message of kafkajs in our words. */
export function toLogRecord(batch: Batch, message: Batch['messages'][number]): LogRecord {
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [
    name,
    Array.isArray(value) ? value[0] : value,
  ]);
  return {
    topic: batch.topic,
    partition: batch.partition,
    offset: Number(message.offset),
    key: message.key,
    value: message.value,
    timestampMs: Number(message.timestamp),
    headers: Object.fromEntries(headers) as LogRecord['headers'],
  };
}
