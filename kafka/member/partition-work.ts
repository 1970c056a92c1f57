import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../lib/log/create-logger.ts';
import { Accounting } from './accounting.ts';
import { Fetchers } from './fetchers.ts';
import type { MemberOptions } from './group-consumer.ts';
import type { GroupProtocol } from './group-protocol.ts';
import type { HeldPartition } from './member-state.ts';
import type { Membership, Tenure } from './membership.ts';
import { Pump } from './pump.ts';
import type { TopicLog } from './topic-log.ts';
import { createUnreadablePartitions, type UnreadablePartitions } from './unreadable-partitions.ts';

interface WorkOptions extends MemberOptions {
  readonly membership: Membership;
  readonly protocol: GroupProtocol;
  readonly log: TopicLog;
  /** Commits offsets in the generation that is valid by then. @throws Error when the membership is over */
  readonly commit: (offsets: ReadonlyMap<Tenure, number>) => Promise<void>;
  readonly onSign: () => void;
  /** Aborted at the end. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** Kept free of the rebalance timeout for the join itself. */
const RELEASE_MARGIN_MS = 5000;
const SHORTEST_RELEASE_MS = 1000;

/** What is done with the partitions that a member owns: fetched, processed, accounted for, and how it ends. */
export class PartitionWork {
  readonly #options: WorkOptions;
  readonly #accounting: Accounting;
  readonly #pump: Pump;
  readonly #fetchers: Fetchers;
  readonly #unreadable: UnreadablePartitions;
  /** Those that are being given up: nobody gives them up twice. */
  readonly #releasing = new Map<Tenure, Promise<void>>();

  constructor(options: WorkOptions) {
    const { topic, identity, membership, protocol, logger } = options;
    this.#options = options;
    this.#unreadable = createUnreadablePartitions(topic, logger);
    const accounting = new Accounting({
      ...options,
      member: identity.pod,
      onResumed: (tenure) => {
        this.#pump.resume(tenure);
        this.#fetchers.interrupt();
      },
    });
    this.#accounting = accounting;
    this.#pump = new Pump({
      ...options,
      accounting,
      readGeneration: () => membership.assignedGeneration,
      onEmpty: (tenure) => accounting.settleSoon(tenure),
    });
    this.#fetchers = new Fetchers({
      ...options,
      pump: this.#pump,
      accounting,
      unreadable: this.#unreadable,
      readPositions: (partitions) => protocol.readPositions(partitions),
    });
  }

  /** Partitions that wait, and for what. */
  get held(): readonly HeldPartition[] {
    return [...this.#accounting.held, ...this.#unreadable.list()];
  }

  /** How long the longest record in hand has been so, in milliseconds; 0 with none. */
  longestInHandMs(now: number): number {
    return this.#pump.longestInHandMs(now);
  }

  /** Begins what was gained; what the member does not own any more is not waited for. */
  begin(gained: readonly Tenure[]): void {
    this.#unreadable.keepOnly(new Set(this.#options.membership.partitions));
    if (gained.length > 0) void this.#fetchers.begin(gained);
  }

  /** Accounts for everything that is open now. */
  settle(): Promise<void> {
    return this.#accounting.settleAll();
  }

  /**
   * Gives partitions up: waits for records in hand and accounts for everything, within bounds. What cannot be accounted
   * for is processed again by the next owner.
   */
  async release(tenures: readonly Tenure[]): Promise<void> {
    const begun = tenures.filter((tenure) => !this.#releasing.has(tenure));
    const released = this.#release(begun).finally(() => {
      for (const tenure of begun) this.#releasing.delete(tenure);
    });
    for (const tenure of begun) this.#releasing.set(tenure, released);
    await Promise.all([released, ...tenures.map((tenure) => this.#releasing.get(tenure))]);
  }

  async #release(tenures: readonly Tenure[]): Promise<void> {
    if (tenures.length === 0) return;
    const { membership, rebalanceTimeoutMs, onReleased } = this.#options;
    const partitions = tenures.map(({ partition }) => partition);
    membership.end(partitions);
    const deadline = Date.now() + Math.max(SHORTEST_RELEASE_MS, rebalanceTimeoutMs - RELEASE_MARGIN_MS);
    const isDue = (shortestMs: number): Promise<void> =>
      delay(Math.max(shortestMs, deadline - Date.now()), undefined, { ref: false });
    await Promise.race([Promise.all(tenures.map((tenure) => this.#pump.settleDown(tenure))), isDue(0)]);
    const settled = Promise.all(tenures.map((tenure) => this.#accounting.finish(tenure)));
    await Promise.race([settled, isDue(SHORTEST_RELEASE_MS)]);
    membership.giveUp(tenures);
    this.#forget(tenures);
    onReleased(partitions);
  }

  /** Another member may own them already: nothing of them is finished or accounted for. */
  drop(tenures: readonly Tenure[]): void {
    if (tenures.length === 0) return;
    this.#forget(tenures);
    this.#options.onReleased(tenures.map(({ partition }) => partition));
  }

  #forget(tenures: readonly Tenure[]): void {
    for (const tenure of tenures) {
      this.#fetchers.forget(tenure);
      this.#pump.forget(tenure);
      this.#accounting.forget(tenure);
    }
  }
}
