/**
 * A dead letter keeps the record's key and value as they were; where it stood and why it was refused
 * travel in these headers.
 */
export const DEAD_LETTER_HEADERS = {
  topic: 'dead-letter-topic',
  partition: 'dead-letter-partition',
  offset: 'dead-letter-offset',
  reason: 'dead-letter-reason',
  /** Set when key and value were too large to be kept. */
  omitted: 'dead-letter-omitted',
} as const;
