import { setTimeout as delay } from 'node:timers/promises';
import { isBrokerLost, isCoordinatorLost } from '../kafka-error.ts';
import { forgetBrokenBroker, type BrokerInternals, type ClusterInternals } from '../kafkajs/internals.ts';

const LOOK_MS = 2000;

/** The coordinator of one group, whichever broker that is. */
export class GroupCoordinator {
  readonly #cluster: ClusterInternals;
  readonly #groupId: string;
  #finding: Promise<BrokerInternals> | undefined;
  #nodeId: number | null = null;

  constructor(cluster: ClusterInternals, groupId: string) {
    this.#cluster = cluster;
    this.#groupId = groupId;
  }

  /** The broker that was asked last; null before any. */
  get nodeId(): number | null {
    return this.#nodeId;
  }

  /**
   * Asks the coordinator. After an error that says that it is another broker, or cannot be reached, the next question
   * looks for it again; it knows generation and members of the old one, so nobody has to join for that.
   *
   * @throws kafkajs' errors
   */
  async ask<T>(question: (broker: BrokerInternals) => Promise<T>): Promise<T> {
    try {
      return await question(await this.#find());
    } catch (error) {
      if (isCoordinatorLost(error)) this.#finding = undefined;
      forgetBrokenBroker(this.#cluster, error);
      throw error;
    }
  }

  #find(): Promise<BrokerInternals> {
    const finding = (this.#finding ??= this.#cluster.findGroupCoordinator({ groupId: this.#groupId }));
    finding.then(
      ({ nodeId }) => (this.#nodeId = nodeId),
      () => {
        if (this.#finding === finding) this.#finding = undefined;
      },
    );
    return finding;
  }

  /**
   * Asks what the coordinator holds back for as long as others take, and watches it meanwhile, by small questions on its
   * ordinary connection: its silence is found there, and whether the other brokers take another one for the coordinator.
   *
   * @param onSign called at every sign that it is there
   * @throws kafkajs' errors, one of type NOT_COORDINATOR_FOR_GROUP, or the signal's reason
   */
  wait<T>(
    question: (broker: BrokerInternals, signal: AbortSignal) => Promise<T>,
    { signal, onSign }: { readonly signal: AbortSignal; readonly onSign: () => void },
  ): Promise<T> {
    return this.ask(async (broker) => {
      const isOver = new AbortController();
      const answer = question(broker, AbortSignal.any([signal, isOver.signal]));
      try {
        return await Promise.race([answer, this.#watch(broker, isOver.signal, onSign)]);
      } finally {
        answer.catch(() => undefined);
        isOver.abort(new Error('nobody waits for the answer any more'));
      }
    });
  }

  async #watch(broker: BrokerInternals, signal: AbortSignal, onSign: () => void): Promise<never> {
    const groupId = this.#groupId;
    for (;;) {
      await delay(LOOK_MS, undefined, { signal });
      try {
        await broker.findGroupCoordinator({ groupId });
      } catch (error) {
        if (isBrokerLost(error)) throw error;
      }
      if (!signal.aborted) onSign();
      const found = await this.#cluster.findGroupCoordinatorMetadata({ groupId }).catch(() => undefined);
      const nodeId = found?.coordinator.nodeId ?? broker.nodeId;
      if (nodeId !== broker.nodeId) throw createMovedError(groupId, nodeId);
    }
  }
}

function createMovedError(groupId: string, nodeId: number): Error {
  return Object.assign(new Error(`broker ${String(nodeId)} coordinates ${groupId} now`), {
    type: 'NOT_COORDINATOR_FOR_GROUP',
  });
}
