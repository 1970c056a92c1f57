import { explainStall, isStalled } from './explain-stall.ts';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { ConsumerGroupInternals } from '../kafkajs/internals.ts';
import { withParking, type Parking } from '../kafkajs/park-joins.ts';
import { explainRefusal } from './explain-refusal.ts';
import { joinPersistently } from './join-persistently.ts';
import { watchCoordinator } from './watch-coordinator.ts';

interface JoinGroupOptions {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Aborted when nobody wants the membership any more. */
  readonly signal: AbortSignal;
  /** Called whenever something was tried or heard. */
  readonly onSign: () => void;
  /** Why it takes longer than joining should, in words; it may be called again with the same. */
  readonly onObstacle: (reason: string) => void;
  readonly logger: Logger;
}

/**
 * Joins a group, for as long as its members take: under one id, which is given back when the join is given up, so that
 * the group does not wait for a member that nobody is.
 */
export async function joinGroup(
  group: ConsumerGroupInternals,
  attempt: () => Promise<void>,
  options: JoinGroupOptions,
): Promise<void> {
  const { sessionTimeoutMs, rebalanceTimeoutMs: longestTimeoutMs, signal, onSign, onObstacle, logger } = options;
  const { groupId } = group;
  const since = Date.now();
  const parking: Parking = {
    signal,
    onMemberId: (memberId) => (group.memberId = memberId),
    watch: (coordinator, ending) =>
      watchCoordinator(group, coordinator, {
        signal: ending,
        onSign: () => {
          onSign();
          const forMs = Date.now() - since;
          const isLong = isStalled({ forMs, longestTimeoutMs });
          if (isLong) onObstacle(explainStall({ groupId, coordinator: coordinator.nodeId, forMs, longestTimeoutMs }));
        },
      }),
  };
  try {
    await joinPersistently(group, () => withParking(parking, attempt), {
      signal,
      onAttempt: onSign,
      explainRefusal: (error) => {
        const assignors = group.assigners.map(({ name }) => name);
        return explainRefusal(error, { groupId, sessionTimeoutMs, assignors, coordinator: group.coordinator });
      },
      onRefused: onObstacle,
      logger,
    });
  } catch (error) {
    await leave(group, logger);
    throw error;
  }
}

async function leave(group: ConsumerGroupInternals, logger: Logger): Promise<void> {
  const { groupId, memberId, coordinator } = group;
  if (memberId === null || memberId === '' || coordinator === null) return;
  group.memberId = null;
  try {
    await coordinator.leaveGroup({ groupId, memberId });
  } catch (error) {
    logger.debug(`leaving group ${groupId} as ${memberId}: ${messageOf(error)}`);
  }
}
