import { createSafeProducer } from '../../kafka/producer/safe-producer.ts';
import type { Logger } from '../../lib/log/create-logger.ts';

export interface SteadyLoadOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly partitions: number;
  readonly ratePerSecond: number;
  /** A multiple of the partitions, so that each has as many. */
  readonly keys: number;
  readonly logger: Logger;
}

/** Records that come at a steady rate, one partition after the other. */
export interface SteadyLoad {
  /** The longest time in which a partition got nothing new since the last call, in milliseconds. */
  takeLongestGapMs(): number;
  /** When each record was stored, in milliseconds since the epoch, ascending. */
  readonly storedAt: readonly number[];
  /** Records that were not stored. */
  readonly failures: number;
  stop(): Promise<void>;
}

const TICK_MS = 5;
const PATIENCE_MS = 30_000;
const STOP_MS = 5000;

export function startSteadyLoad(options: SteadyLoadOptions): SteadyLoad {
  const { brokers, topic, partitions, ratePerSecond, keys, logger } = options;
  const producer = createSafeProducer({
    brokers,
    clientId: 'bench-load',
    topic,
    handoverTimeoutMs: PATIENCE_MS,
    confirmTimeoutMs: PATIENCE_MS,
    maxRecords: ratePerSecond * 60,
    logger,
  });
  const startedAt = performance.now();
  const storedAt: number[] = [];
  const lastOf = new Map<number, number>();
  let sent = 0;
  let failures = 0;
  let longestGapMs = 0;

  const note = (partition: number): void => {
    const now = performance.now();
    longestGapMs = Math.max(longestGapMs, now - (lastOf.get(partition) ?? now));
    lastOf.set(partition, now);
    storedAt.push(Date.now());
  };
  const ticker = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * ratePerSecond);
    for (; sent < due; sent += 1) {
      const partition = sent % partitions;
      producer
        .send({
          key: `key-${String(sent % keys)}`,
          value: JSON.stringify({ name: `record ${String(sent)}` }),
          partition,
        })
        .then(
          () => note(partition),
          () => (failures += 1),
        );
    }
  }, TICK_MS);
  return {
    storedAt,
    takeLongestGapMs() {
      const gap = longestGapMs;
      longestGapMs = 0;
      return gap;
    },
    get failures() {
      return failures;
    },
    async stop() {
      clearInterval(ticker);
      await producer.stop(STOP_MS);
    },
  };
}
