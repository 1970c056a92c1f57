import type { Batch } from 'kafkajs';
import type { LogRecord } from '../log-reader.ts';

type Message = Batch['messages'][number];

/** A message of kafkajs in our words. */
export function toLogRecord({ topic, partition }: Batch, message: Message): LogRecord {
  const { key, value, headers } = message;
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key,
    value,
    timestampMs: Number(message.timestamp),
    headers: toFirstHeaders(headers),
  };
}

/** Of headers that are there several times, the first. */
function toFirstHeaders(headers: Message['headers'] = {}): LogRecord['headers'] {
  const first: Record<string, Buffer | string | undefined> = {};
  for (const name in headers) {
    const value = headers[name];
    first[name] = Array.isArray(value) ? value[0] : value;
  }
  return first;
}
