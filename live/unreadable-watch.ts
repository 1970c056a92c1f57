import type { GroupPartition } from '../lib/contracts/group.ts';
import { messageOf } from '../lib/errors/app-error.ts';
import { readUntilUnreadable, type LogReader, type UnreadablePlace } from '../kafka/log-reader.ts';
import type { Logger } from '../lib/log/create-logger.ts';

/**
 * Where the partitions of a group stand still because their log cannot be read on. The log itself is asked, so it holds
 * for every consumer, also for one that says nothing of it.
 */
export interface UnreadableWatch {
  /** The places that are known after this look; one that is passed is forgotten. Never fails. */
  look(partitions: readonly GroupPartition[], nowMs: number): Promise<readonly UnreadablePlace[]>;
}

interface Standing {
  readonly offset: number;
  /** When it is read next, in milliseconds since the epoch. */
  readAt: number;
  place?: UnreadablePlace | undefined;
}

/** A consumer that only takes its time commits within that. */
const STANDS_STILL_MS = 5000;
const READ_AGAIN_MS = 10_000;

/** Of one group and topic. It reads only where a committed offset stands still before records. */
export function createUnreadableWatch(
  log: Pick<LogReader, 'readRecords'>,
  topic: string,
  logger: Logger,
): UnreadableWatch {
  const standing = new Map<number, Standing>();

  /** Reads the one batch that stands at an offset. */
  const read = async (partition: number, offset: number): Promise<UnreadablePlace | undefined> => {
    let place: UnreadablePlace | undefined;
    const records = log.readRecords(topic, partition, offset, offset + 1, 1);
    try {
      const readable = readUntilUnreadable(records, (found) => (place = found));
      while (!(await readable.next()).done);
    } catch (error) {
      logger.debug(`partition ${String(partition)} of ${topic}: ${messageOf(error)}`);
    }
    return place;
  };

  return {
    async look(partitions, nowMs) {
      for (const { partition, lag, logEndOffset } of partitions) {
        const offset = logEndOffset - lag;
        const known = standing.get(partition);
        if (lag === 0) standing.delete(partition);
        else if (known?.offset !== offset) standing.set(partition, { offset, readAt: nowMs + STANDS_STILL_MS });
        else if (known.readAt <= nowMs) {
          known.readAt = nowMs + READ_AGAIN_MS;
          known.place = await read(partition, offset);
        }
      }
      return [...standing.values()].flatMap(({ place }) => place ?? []);
    },
  };
}
