import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../errors/app-error.ts';
import type { Logger } from '../../log/create-logger.ts';
import { forgetBrokenBroker, type ConsumerGroupInternals } from '../kafkajs/internals.ts';

export interface JoinOptions {
  /** Whether nobody wants the membership any more. */
  readonly isGivenUp: () => boolean;
  readonly onAttempt: () => void;
  readonly logger: Logger;
}

const AGAIN_AFTER_MS = 300;

/**
 * Joins until it has joined. kafkajs gives up at the first error that is not about the group and goes on with what
 * it had before: it would fetch, and even heartbeat, without processing anything.
 */
export async function joinPersistently(
  { cluster }: Pick<ConsumerGroupInternals, 'cluster'>,
  attempt: () => Promise<void>,
  { isGivenUp, onAttempt, logger }: JoinOptions,
): Promise<void> {
  for (;;) {
    onAttempt();
    try {
      await attempt();
      return;
    } catch (error) {
      if (isGivenUp() || isNeverRetriable(error)) throw error;
      logger.warn(`joining the group again: ${messageOf(error)}`);
      forgetBrokenBroker(cluster, error);
      await delay(AGAIN_AFTER_MS);
      await cluster.refreshMetadata().catch(() => undefined);
    }
  }
}

/** Errors that joining again cannot mend, such as a group with other assignors. */
function isNeverRetriable(error: unknown): boolean {
  return error instanceof Error && 'retriable' in error && error.retriable === false;
}
