import { messageOf } from '../../lib/errors/app-error.ts';
import { BackOff, pause } from '../../lib/retry/back-off.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { forgetBrokenBroker, type ConsumerGroupInternals } from '../kafkajs/internals.ts';

interface JoinOptions {
  /** Aborted when nobody wants the membership any more. */
  readonly signal: AbortSignal;
  readonly onAttempt: () => void;
  /** Why the group does not take this member, if that is what an error says. */
  readonly explainRefusal: (error: unknown) => Promise<string | undefined>;
  /** Called when the group does not take this member until somebody changes something. */
  readonly onRefused: (reason: string) => void;
  readonly logger: Logger;
}

const AGAIN_AFTER_MS = 300;
/** The group is asked less and less often for what it refuses, in milliseconds. */
const REFUSED_BACK_OFF = { firstMs: 1000, longestMs: 30_000 };

/**
 * Joins until it has joined. kafkajs gives up at the first error that is not about the group and goes on with what
 * it had before: it would fetch, and even heartbeat, without processing anything.
 */
export async function joinPersistently(
  { cluster }: Pick<ConsumerGroupInternals, 'cluster'>,
  attempt: () => Promise<void>,
  { signal, onAttempt, explainRefusal, onRefused, logger }: JoinOptions,
): Promise<void> {
  const refused = new BackOff(REFUSED_BACK_OFF);
  for (;;) {
    onAttempt();
    let pauseMs = AGAIN_AFTER_MS;
    try {
      await attempt();
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      const refusal = await explainRefusal(error);
      if (refusal !== undefined) {
        onRefused(refusal);
        pauseMs = refused.next();
      } else if (isNeverRetriable(error)) {
        throw error;
      } else {
        logger.warn(`joining the group again: ${messageOf(error)}`);
      }
      forgetBrokenBroker(cluster, error);
    }
    await pause(pauseMs, signal);
    await cluster.refreshMetadata().catch(() => undefined);
  }
}

/** Errors that joining again cannot mend. */
function isNeverRetriable(error: unknown): boolean {
  return error instanceof Error && 'retriable' in error && error.retriable === false;
}
