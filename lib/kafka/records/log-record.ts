/** One record as it stands in the log. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Milliseconds since the epoch, as the producer set it, or the broker if the topic says so. */
  readonly timestampMs: number;
  /** Of headers that are there several times, the first; without value when it is null. */
  readonly headers: Readonly<Record<string, Buffer | undefined>>;
}
