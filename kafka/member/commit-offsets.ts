import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { isLost, isRebalance } from '../kafka-error.ts';
import type { GroupProtocol } from './group-protocol.ts';
import type { MemberGeneration, Membership, Tenure } from './membership.ts';

interface CommitOptions {
  readonly membership: Membership;
  readonly protocol: GroupProtocol;
  /** Called with what the group says to a member that has spoken in its name. */
  readonly hear: (error: unknown, of: MemberGeneration) => void;
  /** Resolves when the join that is under way has ended; undefined while there is none. */
  readonly whenJoined: () => Promise<unknown> | undefined;
  readonly logger: Logger;
}

const AGAIN_MS = 200;
/** Offsets are refused while a generation has begun and its leader decides, which is soon over. */
const BETWEEN_GENERATIONS_MS = 20;

/**
 * Commits in the generation that is valid by then: one that ends meanwhile refuses it. What is not owned any more is
 * left out.
 *
 * @throws Error when nothing of it is owned any more
 */
export async function commitOffsets(offsets: ReadonlyMap<Tenure, number>, options: CommitOptions): Promise<void> {
  const { membership, protocol, hear, whenJoined, logger } = options;
  for (;;) {
    const owned = [...offsets].filter(([{ isOwned }]) => isOwned);
    const { identity } = membership;
    if (owned.length === 0 || identity === undefined) throw new Error('the membership is over');
    try {
      await protocol.commit(identity, new Map(owned.map(([{ partition }, offset]) => [partition, offset])));
      return;
    } catch (error) {
      const isBetween = isLost(error) || isRebalance(error);
      hear(error, identity);
      if (!isBetween) logger.warn(`committing again: ${messageOf(error)}`);
      const joined = isBetween ? whenJoined() : undefined;
      await (joined ?? delay(isBetween ? BETWEEN_GENERATIONS_MS : AGAIN_MS));
    }
  }
}
