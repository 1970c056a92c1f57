import { setTimeout as delay } from 'node:timers/promises';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { isCoordinatorLost, isFenced, isRebalance } from '../kafka-error.ts';
import {
  renewFetchConnections,
  type ConsumerGroupInternals,
  type OffsetManagerInternals,
} from '../kafkajs/internals.ts';
import { createLedger, type Ledger, type LedgerRecord, type TakenRuns } from './ledger.ts';

interface MembershipOptions {
  readonly topic: string;
  readonly member: string;
  readonly heartbeatIntervalMs: number;
  /** Longest time that one record may take before the member stops speaking for itself, in milliseconds. */
  readonly maxProcessingMs: number;
  /** Longest wait for records in hand when partitions are given up, in milliseconds. */
  readonly releaseTimeoutMs: number;
  /** Writes a receipt; resolves when the brokers have acknowledged it. */
  readonly writeReceipt: (receipt: Receipt) => Promise<void>;
  readonly logger: Logger;
}

/** A partition of which nothing more is processed for now, while the others go on. */
export interface HeldPartition {
  readonly partition: number;
  readonly reason: string;
  /** Where its log cannot be read; undefined when it waits for something else. @default none */
  readonly offset?: number;
}

/** What was open of a partition, on its way into the ledger and the committed offsets. */
interface Settling {
  readonly done: Promise<void>;
  /** Resolves when it is done, or its partition is held. */
  readonly doneOrHeld: PromiseWithResolvers<undefined>;
}

const RETRY_AFTER_MS = 200;
/** A receipt that is not acknowledged by then keeps its own partition waiting, not the fetch loop. */
const SLOW_RECEIPT_MS = 2000;
const RECEIPT_AGAIN_MS = { first: 1000, longest: 10_000 };
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
  readonly #settling = new Map<number, Settling>();
  /** Offsets behind receipts that were acknowledged at the same time: they are committed together. */
  #toCommit = new Map<number, number>();
  #committing: Promise<void> | undefined;
  readonly #held = new Map<number, string>();
  /** Partitions with a run that was given up: a commit behind it would cover it, too. */
  readonly #givenUp = new Set<number>();
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
  expects(batch: { readonly partition: number; readonly fetchedOffset: string }): boolean {
    if (!this.partitions.has(batch.partition)) return false;
    return batch.fetchedOffset === this.#offsets.nextOffset(this.#options.topic, batch.partition).toString();
  }

  /** Whether what is not in hand yet is left to the next owner. */
  mustYield(): boolean {
    return this.#yielding.signal.aborted;
  }

  /** Whether another record of the partition may be processed now. */
  mayProcess(partition: number): boolean {
    return !this.mustYield() && !this.#held.has(partition);
  }

  /** Partitions that wait, and for what. */
  get held(): readonly HeldPartition[] {
    return [...this.#held].map(([partition, reason]) => ({ partition, reason }));
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
   *
   * @param follows the offset from which on the log was seen to hold no other record before this one
   */
  process(
    record: LedgerRecord,
    follows: number,
    work: (signal: AbortSignal) => Promise<void> | undefined,
  ): boolean | Promise<boolean> {
    if (!this.mayProcess(record.partition)) return false;
    const startedAt = Date.now();
    const pending = work(this.#yielding.signal);
    if (pending !== undefined) return this.#processInHand(record, follows, startedAt, pending);
    this.ledger.add(record, follows, startedAt, startedAt);
    return true;
  }

  async #processInHand(
    record: LedgerRecord,
    follows: number,
    startedAt: number,
    work: Promise<void>,
  ): Promise<boolean> {
    const { partition } = record;
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
    this.ledger.add(record, follows, startedAt, Date.now());
    return true;
  }

  /** Goes on at an offset: everything before it is processed, or is no record. */
  goOn(partition: number, next: number): void {
    if (this.#moveTo(partition, next)) this.ledger.pass(partition, next);
  }

  #moveTo(partition: number, next: number): boolean {
    const { topic } = this.#options;
    if (this.#isOver || this.#isBroken || this.#offsets.nextOffset(topic, partition).toString() === String(next))
      return false;
    this.#offsets.resolveOffset({ topic, partition, offset: String(next - 1) });
    return true;
  }

  /** Goes on at the beginning of the log: the offset was taken away before it was read, or the log is another one. */
  beginAnew(partition: number, offset: number, start: number): void {
    const { topic, logger } = this.#options;
    const where = `${topic} ${String(partition)}: offset ${String(offset)} is not in the log, which begins at ${String(start)}`;
    const missed = start - offset;
    const consequence = missed > 0 ? `${String(missed)} offsets were taken away unread` : 'it is read from there';
    logger.warn({ partition, offset, start }, `${where}: ${consequence}`);
    if (this.#moveTo(partition, start)) this.ledger.leap(partition, start);
  }

  /**
   * Accounts for what was processed, each partition for itself: its receipt first, then the commit.
   *
   * @param partition this one only; resolves also when it is held. @default all
   */
  async settle(partition?: number): Promise<void> {
    if (partition === undefined) {
      for (const open of this.ledger.openPartitions) this.#settlePartition(open);
      await Promise.all([...this.#settling.values()].map(({ done }) => done));
    } else {
      this.#settlePartition(partition);
      if (!this.#held.has(partition)) await this.#settling.get(partition)?.doneOrHeld.promise;
    }
  }

  #settlePartition(partition: number): void {
    if (this.#isBroken || this.#isOver || this.#givenUp.has(partition) || this.#settling.has(partition)) return;
    const taken = this.ledger.takeRuns(partition);
    if (taken === undefined) return;
    const doneOrHeld = Promise.withResolvers<undefined>();
    const done = this.#settleRuns(taken).finally(() => {
      this.#settling.delete(partition);
      this.ledger.close(taken);
      doneOrHeld.resolve(undefined);
    });
    this.#settling.set(partition, { done, doneOrHeld });
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
    for (const partition of this.#held.keys()) this.#resume(partition);
  }

  async #settleRuns({ partition, records, commitOffset, receipts }: TakenRuns): Promise<void> {
    try {
      for (const receipt of receipts) await this.#writeReceipt(partition, receipt);
      await this.#commit(partition, commitOffset);
    } catch (error) {
      this.#options.logger.warn(
        `${String(records)} processed records of partition ${String(partition)} could not be committed and may be processed again: ${messageOf(error)}`,
      );
      this.#givenUp.add(partition);
    }
  }

  /** Until it is written. What stands in its way stands in the way of its own partition only. */
  async #writeReceipt(partition: number, receipt: Receipt): Promise<void> {
    const { writeReceipt } = this.#options;
    const slow = setTimeout(() => this.#hold(partition, 'its receipt waits for the brokers'), SLOW_RECEIPT_MS);
    try {
      for (let againMs = RECEIPT_AGAIN_MS.first; ; againMs = Math.min(againMs * 2, RECEIPT_AGAIN_MS.longest)) {
        // Once the partition is to be given up, this try is the last.
        const isLast = this.mustYield();
        try {
          await writeReceipt(receipt);
          break;
        } catch (error) {
          if (isLast || this.#isOver) throw error;
          this.#hold(partition, messageOf(error), 'warn');
          await delay(againMs, undefined, { signal: this.#yielding.signal }).catch(() => undefined);
        }
      }
    } finally {
      clearTimeout(slow);
    }
    if (this.#isOver || this.#isBroken) throw new Error('the membership is over');
    if (this.#held.delete(partition)) this.#resume(partition);
  }

  #hold(partition: number, reason: string, level: 'debug' | 'warn' = 'debug'): void {
    const { topic, logger } = this.#options;
    if (this.#isOver || this.#held.get(partition) === reason) return;
    this.#held.set(partition, reason);
    this.#settling.get(partition)?.doneOrHeld.resolve(undefined);
    this.#group.pause([{ topic, partitions: [partition] }]);
    logger[level]({ partition, reason }, `partition ${String(partition)} of ${topic} waits: ${reason}`);
  }

  #resume(partition: number): void {
    this.#group.resume([{ topic: this.#options.topic, partitions: [partition] }]);
    if (!this.mustYield()) this.interruptFetches();
  }

  #commit(partition: number, offset: number): Promise<void> {
    this.#toCommit.set(partition, offset);
    this.#committing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      const offsets = this.#toCommit;
      this.#toCommit = new Map();
      this.#committing = undefined;
      return this.#commitOffsets(offsets);
    });
    return this.#committing;
  }

  async #commitOffsets(offsets: ReadonlyMap<number, number>): Promise<void> {
    const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset) }));
    const request = { topics: [{ topic: this.#options.topic, partitions }] };
    for (;;) {
      if (this.#isOver || this.#isBroken) throw new Error('the membership is over');
      try {
        await this.#offsets.commitOffsets(request);
        return;
      } catch (error) {
        if (isFenced(error)) {
          this.#isBroken = true;
          this.yield(createRejoinError('what was processed could not be accounted for'));
          throw error;
        }
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
function createRejoinError(reason: string): Error {
  return Object.assign(new Error(reason), { type: 'REBALANCE_IN_PROGRESS' });
}
