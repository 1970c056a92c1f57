import type { Logger } from '../../lib/log/create-logger.ts';
import type { HeldPartition } from './member-state.ts';

/**
 * The partitions that wait because their next batch cannot be read. Nothing is skipped: each is tried again, at a pace,
 * until somebody has deleted the batch, retention has taken it away, or it can be read after all.
 */
export interface UnreadablePartitions {
  /** Whether it is not time yet to try a partition again. */
  isWaiting(partition: number): boolean;
  /** @param reason in words that follow "cannot be read: " */
  hold(partition: number, offset: number, reason: string): void;
  /** Tells that a partition was read, up to before an offset. */
  release(partition: number, offset: number): void;
  /** Drops what is not owned any more. */
  keepOnly(partitions: ReadonlySet<number>): void;
  list(): readonly HeldPartition[];
}

interface Waiting {
  readonly offset: number;
  readonly reason: string;
  readonly tryAt: number;
  readonly saidAt: number;
}

const AGAIN_AFTER_MS = 5000;
const SAY_AGAIN_AFTER_MS = 300_000;

/** Of one topic, none waiting. What is held is logged as an error once, and again every five minutes. */
export function createUnreadablePartitions(
  topic: string,
  logger: Logger,
  now: () => number = Date.now,
): UnreadablePartitions {
  const waiting = new Map<number, Waiting>();
  return {
    isWaiting: (partition) => now() < (waiting.get(partition)?.tryAt ?? 0),
    hold(partition, offset, why) {
      const before = waiting.get(partition);
      const reason = `offset ${String(offset)} cannot be read: ${why}`;
      const isSaid = before?.reason === reason && now() - before.saidAt < SAY_AGAIN_AFTER_MS;
      const saidAt = isSaid ? before.saidAt : now();
      waiting.set(partition, { offset, reason, tryAt: now() + AGAIN_AFTER_MS, saidAt });
      if (isSaid) return;
      logger.error(
        { partition, offset, reason: why },
        `partition ${String(partition)} of ${topic} waits: ${reason}. Nothing is skipped: it is tried again until it can be read, or the log begins behind it`,
      );
    },
    release(partition, offset) {
      if (!waiting.delete(partition)) return;
      const what = `partition ${String(partition)} of ${topic} is read again, up to offset ${String(offset)}`;
      logger.info({ partition, offset }, what);
    },
    keepOnly(partitions) {
      for (const partition of waiting.keys()) if (!partitions.has(partition)) waiting.delete(partition);
    },
    list: () => [...waiting].map(([partition, { offset, reason }]) => ({ partition, reason, offset })),
  };
}
