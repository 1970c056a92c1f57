/** One record as it stands in the log. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Milliseconds since the epoch, as the producer set it, or the broker if the topic says so. */
  readonly timestampMs: number;
  /** The same, where it is the time by the broker's clock at which it was appended. @default not known */
  readonly appendedAtMs?: number;
  /** Of headers that are there several times, the first; without value when it is null. */
  readonly headers: Readonly<Record<string, Buffer | undefined>>;
  /** Id of the producer when it was written within a transaction, however that ended. @default none */
  readonly transaction?: number;
}

/** The end of a transaction in a partition, as its coordinator wrote it. */
export interface TransactionEnd {
  readonly offset: number;
  readonly producerId: number;
  readonly isCommitted: boolean;
  /** When it was written, in milliseconds since the epoch. */
  readonly timestampMs: number;
}
