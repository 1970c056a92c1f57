import { setTimeout as delay } from 'node:timers/promises';
import type { Receipt } from '../../contracts/receipt.ts';
import { messageOf } from '../../errors/app-error.ts';
import type { Logger } from '../../log/create-logger.ts';
import { isCoordinatorLost, isFenced, isRebalance } from '../kafka-error.ts';
import {
  renewFetchConnections,
  type ConsumerGroupInternals,
  type OffsetManagerInternals,
} from '../kafkajs/internals.ts';
import { createLedger, type Ledger, type TakenRun } from './ledger.ts';

export interface MembershipOptions {
  readonly topic: string;
  readonly member: string;
  readonly heartbeatIntervalMs: number;
  /** Longest time that one record may take before the member stops speaking for itself, in milliseconds. */
  readonly maxProcessingMs: number;
  /** Longest wait for records in hand when partitions are given up, in milliseconds. */
  readonly releaseTimeoutMs: number;
  /** Writes receipts; resolves when the brokers have acknowledged them all. */
  readonly writeReceipts: (receipts: readonly Receipt[]) => Promise<void>;
  readonly logger: Logger;
}

const RETRY_AFTER_MS = 200;
const YIELDED_FETCH_MS = 20;

/**
 * One generation of a member: what it owns, what it has processed and not accounted for, and whether it must
 * yield. Everything it commits carries its own generation, so a late commit is refused, never misplaced.
 */
export class Membership {
  readonly generation: number;
  readonly memberId: string;
  readonly partitions: ReadonlySet<number>;
  readonly ledger: Ledger;
  readonly #group: ConsumerGroupInternals;
  readonly #offsets: OffsetManagerInternals;
  readonly #options: MembershipOptions;
  readonly #yielding = new AbortController();
  #fetching = new AbortController();
  readonly #inHand = new Map<number, number>();
  readonly #heart: NodeJS.Timeout;
  #settling: Promise<void> | undefined;
  #beating: Promise<void> | undefined;
  #searching: Promise<void> | undefined;
  #isOver = false;
  #isBroken = false;
  #yieldReason: Error | undefined;

  constructor(group: ConsumerGroupInternals, offsets: OffsetManagerInternals, options: MembershipOptions) {
    this.#group = group;
    this.#offsets = offsets;
    this.#options = options;
    this.generation = group.generationId ?? -1;
    this.memberId = group.memberId ?? '';
    const assigned = group.assigned().find(({ topic }) => topic === options.topic)?.partitions ?? [];
    this.partitions = new Set(assigned);
    this.ledger = createLedger({ topic: options.topic, member: options.member, generation: this.generation });
    this.#heart = setInterval(() => {
      this.#beating ??= this.#beat().finally(() => (this.#beating = undefined));
    }, options.heartbeatIntervalMs);
    this.#heart.unref();
  }

  /**
   * Whether a batch is what this membership would fetch next. One that was fetched before the last assignment may
   * be of a partition, or from a position, that is not its own any more.
   */
  expects(batch: { readonly partition: number; readonly fetchedOffset?: string }): boolean {
    if (!this.partitions.has(batch.partition)) return false;
    const next = this.#offsets.nextOffset(this.#options.topic, batch.partition).toString();
    return batch.fetchedOffset === undefined || batch.fetchedOffset === next;
  }

  /** Whether what is not in hand yet is left to the next owner. */
  mustYield(): boolean {
    return this.#yielding.signal.aborted;
  }

  /** Why the member must yield: the coordinator's error, which the fetch loop is to be told. */
  get yieldReason(): Error | undefined {
    return this.#yieldReason;
  }

  /** How long the longest record in hand has been so, in milliseconds; 0 with none. */
  longestInHandMs(now: number): number {
    return this.#inHand.size === 0 ? 0 : now - Math.min(...this.#inHand.values());
  }

  /** From now on nothing more is processed, and no fetch is waited for. */
  yield(reason?: Error): void {
    this.#yieldReason ??= reason;
    if (this.mustYield()) return;
    this.#yielding.abort();
    this.interruptFetches();
  }

  /** Ends the fetches under way for those who wait for them. */
  interruptFetches(): void {
    this.#fetching.abort();
    this.#fetching = new AbortController();
    renewFetchConnections(this.#group.cluster);
  }

  /**
   * Fetches for as long as there is anything to process. Brokers hold a fetch back until there are records, and
   * neither the group nor a partition with a new leader waits that long.
   */
  async fetch<T>(attempt: () => Promise<readonly T[]>): Promise<readonly T[]> {
    if (this.mustYield()) {
      // The client is about to join again or to leave; its fetch loop asks until then.
      await delay(YIELDED_FETCH_MS);
      return [];
    }
    const { signal } = this.#fetching;
    const interrupted = Promise.withResolvers<readonly T[]>();
    const interrupt = (): void => interrupted.resolve([]);
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      return await Promise.race([attempt(), interrupted.promise]);
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  /**
   * Processes one record and notes it; without a promise when the work made none. False when the record is left to
   * the next owner.
   */
  process(
    partition: number,
    offset: number,
    work: (signal: AbortSignal) => Promise<void> | undefined,
  ): boolean | Promise<boolean> {
    if (this.mustYield()) return false;
    const startedAt = Date.now();
    const pending = work(this.#yielding.signal);
    if (pending !== undefined) return this.#processInHand(partition, offset, startedAt, pending);
    this.ledger.add(partition, offset, startedAt, startedAt);
    return true;
  }

  async #processInHand(partition: number, offset: number, startedAt: number, work: Promise<void>): Promise<boolean> {
    this.#inHand.set(partition, startedAt);
    try {
      await work;
    } catch (error) {
      if (this.mustYield()) return false;
      throw error;
    } finally {
      this.#inHand.delete(partition);
    }
    if (this.#isOver) return false;
    this.ledger.add(partition, offset, startedAt, Date.now());
    return true;
  }

  /** Accounts for what was processed: receipts first, then the commit. One settling at a time. */
  settle(): Promise<void> {
    // Behind a run that could not be accounted for, nothing may be: a commit would cover that run, too.
    if (this.#isBroken || this.#isOver) return Promise.resolve();
    this.#settling ??= this.#settleRuns(this.ledger.takeRuns()).finally(() => (this.#settling = undefined));
    return this.#settling;
  }

  /**
   * Ends the membership: waits for records in hand and accounts for everything, within bounds. What cannot be
   * accounted for is processed again by the next owner.
   */
  async release(): Promise<void> {
    this.yield();
    const deadline = Date.now() + this.#options.releaseTimeoutMs;
    while (this.#inHand.size > 0 && Date.now() < deadline) await delay(10);
    const settled = (async () => {
      await this.settle();
      await this.settle();
    })();
    await Promise.race([settled, delay(Math.max(1000, deadline - Date.now()))]);
    this.#isOver = true;
    clearInterval(this.#heart);
  }

  async #settleRuns(runs: readonly TakenRun[]): Promise<void> {
    if (runs.length === 0) return;
    try {
      await this.#options.writeReceipts(runs.map(({ receipt }) => receipt));
      await this.#commit(runs);
    } catch (error) {
      const records = runs.reduce((sum, run) => sum + run.records, 0);
      this.#options.logger.warn(
        `${String(records)} processed records could not be committed and may be processed again: ${messageOf(error)}`,
      );
      this.#isBroken = true;
      this.yield(createRejoinError('what was processed could not be accounted for'));
    } finally {
      this.ledger.close(runs);
    }
  }

  async #commit(runs: readonly TakenRun[]): Promise<void> {
    const partitions = runs.map(({ partition, commitOffset }) => ({ partition, offset: String(commitOffset) }));
    const request = { topics: [{ topic: this.#options.topic, partitions }] };
    for (;;) {
      if (this.#isOver || this.#isBroken) throw new Error('the membership is over');
      try {
        await this.#offsets.commitOffsets(request);
        return;
      } catch (error) {
        if (isFenced(error)) throw error;
        this.#options.logger.warn(`committing again: ${messageOf(error)}`);
        if (isCoordinatorLost(error)) await this.findCoordinator();
        await delay(RETRY_AFTER_MS);
      }
    }
  }

  /**
   * Heartbeats beside the fetch loop, so that a slow record does not cost the membership. One that takes far
   * too long does: then the group goes on without this member.
   */
  async #beat(): Promise<void> {
    if (this.#isOver || this.mustYield() || this.longestInHandMs(Date.now()) > this.#options.maxProcessingMs) return;
    try {
      await this.#group.heartbeat({ interval: this.#options.heartbeatIntervalMs });
    } catch (error) {
      if (error instanceof Error && (isRebalance(error) || isFenced(error))) this.yield(error);
    }
  }

  /**
   * kafkajs looks for the coordinator only when it joins. The new coordinator knows generation and members of the
   * old one, so the membership goes on without a rebalance. One search at a time, whoever needs it.
   */
  findCoordinator(): Promise<void> {
    this.#searching ??= this.#searchCoordinator().finally(() => (this.#searching = undefined));
    return this.#searching;
  }

  async #searchCoordinator(): Promise<void> {
    const { cluster, groupId } = this.#group;
    try {
      const coordinator = await cluster.findGroupCoordinator({ groupId });
      this.#group.coordinator = coordinator;
      this.#offsets.coordinator = coordinator;
    } catch (error) {
      this.#options.logger.debug(`looking for the coordinator of ${groupId}: ${messageOf(error)}`);
    }
  }
}

/** An error that kafkajs takes for the coordinator's word to join again. */
export function createRejoinError(reason: string): Error {
  return Object.assign(new Error(reason), { type: 'REBALANCE_IN_PROGRESS' });
}
