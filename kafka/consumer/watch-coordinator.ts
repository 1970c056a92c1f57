import { setTimeout as delay } from 'node:timers/promises';
import { isBrokerLost } from '../kafka-error.ts';
import type { BrokerInternals, ConsumerGroupInternals } from '../kafkajs/internals.ts';

const LOOK_MS = 2000;

interface CoordinatorWatch {
  readonly signal: AbortSignal;
  /** Called at every sign that the coordinator is there. */
  readonly onSign: (coordinator: BrokerInternals) => void;
}

/**
 * Watches a broker that holds a member's request back, by small questions on its ordinary connection: its silence is
 * found there, and whether the other brokers take another one for the coordinator.
 *
 * @throws kafkajs' error when it does not answer, or an error of type NOT_COORDINATOR_FOR_GROUP
 */
export async function watchCoordinator(
  { cluster, groupId }: Pick<ConsumerGroupInternals, 'cluster' | 'groupId'>,
  coordinator: BrokerInternals,
  { signal, onSign }: CoordinatorWatch,
): Promise<never> {
  for (;;) {
    await delay(LOOK_MS, undefined, { signal });
    try {
      await coordinator.findGroupCoordinator({ groupId });
    } catch (error) {
      if (isBrokerLost(error)) throw error;
    }
    if (!signal.aborted) onSign(coordinator);
    const found = await cluster.findGroupCoordinatorMetadata({ groupId }).catch(() => undefined);
    const nodeId = found?.coordinator.nodeId ?? coordinator.nodeId;
    if (nodeId !== coordinator.nodeId) throw createMovedError(groupId, nodeId);
  }
}

function createMovedError(groupId: string, nodeId: number): Error {
  return Object.assign(new Error(`broker ${String(nodeId)} coordinates ${groupId} now`), {
    type: 'NOT_COORDINATOR_FOR_GROUP',
  });
}
