import type { Consumer, EachBatchPayload, PartitionAssigner } from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';
import type { MemberIdentity } from '../../lib/contracts/member.ts';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import { messageOf } from '../../lib/errors/app-error.ts';
import { createAssignors } from '../assignor/kafkajs-assignors.ts';
import { createKafka, type KafkaOptions } from '../create-kafka.ts';
import { MEMBERSHIP_HOOKS, type ConsumerGroupInternals, type MembershipHooks } from '../kafkajs/internals.ts';
import type { FetchedBatch } from '../kafkajs/fetch-for-group.ts';
import { joinGroup } from './join-group.ts';
import type { MemberState } from './member-state.ts';
import { Membership } from './membership.ts';
import { processBatch } from './process-batch.ts';
import type { ProcessRecord } from './process-persistently.ts';
import { createTimeSlice } from './time-slice.ts';
import { createUnreadablePartitions, type UnreadablePartitions } from './unreadable-partitions.ts';

/** What a member was given, and how it differs from what it had. */
export interface Assignment {
  readonly memberId: string;
  readonly generation: number;
  readonly assignor: string | null;
  readonly partitions: readonly number[];
  readonly gained: readonly number[];
  readonly lost: readonly number[];
  /** How long nothing was processed, in milliseconds; undefined for the first assignment. */
  readonly pauseMs: number | undefined;
}

interface GroupConsumerOptions extends KafkaOptions {
  readonly groupId: string;
  readonly topic: string;
  readonly identity: MemberIdentity;
  /** The assignor that is offered first. */
  readonly assignor: 'sticky' | 'round-robin';
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Partitions processed at the same time. */
  readonly concurrency: number;
  /** Records of a partition that may be processed without a commit. */
  readonly commitEveryRecords: number;
  readonly commitEveryMs: number;
  /**
   * Processes one record; when it returns without a promise, or its promise resolves, the record counts as processed.
   * A failure is retried from that record on. When the signal aborts, rejecting leaves the record to the next owner.
   */
  readonly process: ProcessRecord;
  /** Resolves when the brokers have acknowledged it. What fails holds the receipt's own partition, and is tried again. */
  readonly writeReceipt: (receipt: Receipt) => Promise<void>;
  readonly onAssigned: (assignment: Assignment) => void;
  /** Called when the member must give its partitions up, or lost its place in the group. */
  readonly onReleased: (partitions: readonly number[]) => void;
}

/** A member of a consumer group: at least once, in order per partition, receipts before commits. */
export interface GroupConsumer {
  start(): void;
  /** Finishes what is in hand, accounts for it, and leaves the group at once. */
  stop(): Promise<void>;
  state(): MemberState;
  /** When the client last tried anything, in milliseconds since the epoch. */
  readonly lastActivityAt: number;
}

/** How long a broker holds a fetch back for want of records. A rebalance does not wait for that. */
const MAX_WAIT_MS = 2000;
/** A broker that is silent for so long is given up: by then its partitions have another leader, or soon. */
const REQUEST_TIMEOUT_MS = 6000;
/** How long records are processed without a look at anything else: each partition under way takes its turn. */
const SLICE_MS = 2;
const MAX_PROCESSING_MS = 300_000;
const REBUILD_AFTER_MS = 1000;
const AIMLESS_MS = 10_000;
const JOIN_BEFORE_STOP_MS = 8000;
const STOP_TIMEOUT_MS = 15_000;
/** Kept free of the rebalance timeout for accounting and the join itself. */
const RELEASE_MARGIN_MS = 5000;

/** Joins nothing yet: `start` does. One consumer is one member, and cannot be started again once it is stopped. */
export function createGroupConsumer(options: GroupConsumerOptions): GroupConsumer {
  return new KafkaJsGroupConsumer(options);
}

class KafkaJsGroupConsumer implements GroupConsumer {
  readonly #options: GroupConsumerOptions;
  #membership: Membership | undefined;
  /** The id under which this client was a member last. */
  #memberId: string | undefined;
  #hasJoined = false;
  #isStopping = false;
  #owned: readonly number[] = [];
  #generation = -1;
  #obstacle: string | null = null;
  #pausedSince: number | undefined;
  #lastActivityAt = Date.now();
  #consumer: Consumer | undefined;
  #joining: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();
  /** Ends a join that nobody waits for any more. */
  readonly #givingUp = new AbortController();
  readonly #slice = createTimeSlice(SLICE_MS);
  readonly #unreadable: UnreadablePartitions;

  constructor(options: GroupConsumerOptions) {
    this.#options = options;
    this.#unreadable = createUnreadablePartitions(options.topic, options.logger);
  }

  get lastActivityAt(): number {
    const now = Date.now();
    const inHandMs = this.#membership?.longestInHandMs(now) ?? 0;
    return inHandMs > 0 && inHandMs < MAX_PROCESSING_MS ? now : this.#lastActivityAt;
  }

  state(): MemberState {
    const membership = this.#membership;
    const phase = this.#isStopping ? 'stopped' : this.#hasJoined && membership ? 'member' : 'joining';
    return {
      phase,
      hasJoined: this.#hasJoined,
      memberId: membership?.memberId ?? null,
      generation: membership?.generation ?? null,
      partitions: membership ? [...membership.partitions].sort((a, b) => a - b) : [],
      held: membership ? [...membership.held, ...this.#unreadable.list()] : [],
      obstacle: this.#obstacle,
    };
  }

  start(): void {
    this.#running = this.#keepRunning();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#membership?.yield();
    // A client that is stopped while it joins becomes a member that nobody is: the join must end first, and leave.
    this.#givingUp.abort(Object.assign(new Error('it is about to end'), { retriable: false }));
    const isJoining = (): boolean => this.#joining !== undefined || (this.#consumer !== undefined && !this.#hasJoined);
    const joinDeadline = Date.now() + JOIN_BEFORE_STOP_MS;
    while (isJoining() && Date.now() < joinDeadline) await delay(50);
    this.#stopping.abort();
    await Promise.race([this.#running, delay(STOP_TIMEOUT_MS)]);
  }

  /** Runs a client for as long as it lives, and the next one after it, until stopped. */
  async #keepRunning(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const consumer = this.#createClient();
      this.#consumer = consumer;
      this.#memberId = undefined;
      try {
        this.#lastActivityAt = Date.now();
        await this.#runClient(consumer);
      } catch (error) {
        this.#options.logger.warn(`the consumer could not run: ${messageOf(error)}`);
      }
      await consumer.disconnect().catch((error: unknown) => this.#options.logger.debug(messageOf(error)));
      this.#consumer = undefined;
      this.#membership = undefined;
      await delay(REBUILD_AFTER_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  #createClient(): Consumer {
    const { groupId, sessionTimeoutMs, heartbeatIntervalMs, rebalanceTimeoutMs } = this.#options;
    return createKafka(this.#options, { requestTimeoutMs: REQUEST_TIMEOUT_MS }).consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatIntervalMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      maxWaitTimeInMs: MAX_WAIT_MS,
      metadataMaxAge: 15_000,
      allowAutoTopicCreation: false,
      partitionAssigners: this.#createAssignors(),
      // A client that gives up comes back as a new member and leaves a ghost: it should not give up.
      retry: { retries: 10_000, initialRetryTime: 100, maxRetryTime: 1000 },
    });
  }

  #createAssignors(): PartitionAssigner[] {
    const { identity, topic, assignor } = this.#options;
    const factories = createAssignors({
      identity,
      order: assignor,
      getOwned: () => ({ owned: { [topic]: [...this.#owned] }, generation: this.#generation }),
    });
    const hooks: MembershipHooks = {
      join: (group, attempt) => this.#join(group, attempt),
      release: () => this.#release(),
      rejoinReason: () => this.#membership?.yieldReason,
      fetch: (attempt) => this.#membership?.fetch(attempt) ?? attempt(),
      leadersMoved: () => this.#membership?.interruptFetches(),
      coordinatorLost: () => this.#membership?.findCoordinator() ?? Promise.resolve(),
      isWaiting: (partition) => this.#unreadable.isWaiting(partition),
      unreadable: (partition, offset, reason) => this.#unreadable.hold(partition, offset, reason),
      readable: (partition, offset) => this.#unreadable.release(partition, offset),
      outOfRange: (partition, offset, start) => this.#membership?.beginAnew(partition, offset, start),
    };
    return factories.map((factory) => (config) => Object.assign(factory(config), { [MEMBERSHIP_HOOKS]: hooks }));
  }

  async #runClient(consumer: Consumer): Promise<void> {
    const { logger } = this.#options;
    const touch = (): void => void (this.#lastActivityAt = Date.now());
    // Fetching counts while there is a membership to fetch for.
    consumer.on(consumer.events.FETCH_START, () => {
      if (this.#membership) touch();
    });
    consumer.on(consumer.events.HEARTBEAT, touch);
    let watch: NodeJS.Timeout | undefined;
    const ended = new Promise<void>((resolve) => {
      // A client that runs without a membership would do so for ever.
      let aimlessSince: number | undefined;
      watch = setInterval(() => {
        const isAimless = this.#hasJoined && !this.#membership && !this.#joining;
        aimlessSince = isAimless ? (aimlessSince ?? Date.now()) : undefined;
        if (aimlessSince === undefined || Date.now() - aimlessSince < AIMLESS_MS) return;
        logger.warn('the client has lost its membership and is made anew');
        resolve();
      }, 1000);
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        touch();
        logger.warn(
          `the client crashed and ${payload.restart ? 'restarts' : 'is made anew'}: ${payload.error.message}`,
        );
        if (!payload.restart) resolve();
      });
      this.#stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      await this.#consume(consumer, ended);
    } finally {
      clearInterval(watch);
    }
  }

  async #consume(consumer: Consumer, ended: Promise<void>): Promise<void> {
    const { topic, concurrency, commitEveryMs } = this.#options;
    await consumer.connect();
    // A group without committed offsets begins at the beginning: nothing is skipped.
    await consumer.subscribe({ topic, fromBeginning: true });
    const settler = setInterval(() => void this.#membership?.settle(), commitEveryMs);
    try {
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: concurrency,
        eachBatch: (payload) => this.#processBatch(payload),
      });
      await ended;
    } finally {
      clearInterval(settler);
    }
  }

  async #processBatch(payload: EachBatchPayload): Promise<void> {
    const batch = payload.batch as unknown as FetchedBatch;
    const membership = this.#membership;
    // Fetched before the last assignment: the partition, or the position in it, is not ours any more.
    if (!membership?.expects(batch)) return;
    const next = await processBatch(batch, membership, { ...this.#options, slice: this.#slice });
    // With another membership there are other positions, which begin at what was committed.
    if (membership === this.#membership) membership.goOn(batch.partition, next);
    // The fetch loop hears of a rebalance by the coordinator's own error, and joins again at once.
    if (membership.yieldReason) throw membership.yieldReason;
  }

  /** One join at a time: kafkajs may ask from each of its fetchers. */
  #join(group: ConsumerGroupInternals, attempt: () => Promise<void>): Promise<void> {
    this.#joining ??= this.#joinUntilDone(group, attempt).finally(() => (this.#joining = undefined));
    return this.#joining;
  }

  async #joinUntilDone(group: ConsumerGroupInternals, attempt: () => Promise<void>): Promise<void> {
    await this.#release();
    await joinGroup(group, attempt, {
      ...this.#options,
      signal: this.#givingUp.signal,
      onSign: () => (this.#lastActivityAt = Date.now()),
      onObstacle: (reason) => this.#setObstacle(reason),
    });
    this.#takeAssignment(group);
  }

  /** Said once, however long it lasts. */
  #setObstacle(reason: string): void {
    const isSaid = this.#obstacle !== null;
    this.#obstacle = reason;
    if (isSaid) return;
    this.#options.logger.warn(`${this.#options.identity.pod} cannot join: ${reason}`);
  }

  #takeAssignment(group: ConsumerGroupInternals): void {
    const { offsetManager } = group;
    if (!offsetManager) return;
    const { topic, identity, heartbeatIntervalMs, rebalanceTimeoutMs, writeReceipt, logger } = this.#options;
    const membership = new Membership(group, offsetManager, {
      topic,
      member: identity.pod,
      heartbeatIntervalMs,
      maxProcessingMs: MAX_PROCESSING_MS,
      releaseTimeoutMs: Math.max(1000, rebalanceTimeoutMs - RELEASE_MARGIN_MS),
      writeReceipt,
      logger,
    });
    if (this.#memberId !== undefined && this.#memberId !== membership.memberId) {
      logger.warn(
        `${identity.pod} was not heard for longer than its session, so the group went on without it; it is a new member now`,
      );
    }
    this.#memberId = membership.memberId;
    const before = this.#owned;
    const partitions = [...membership.partitions].sort((a, b) => a - b);
    this.#membership = membership;
    this.#unreadable.keepOnly(membership.partitions);
    this.#owned = partitions;
    this.#generation = membership.generation;
    this.#hasJoined = true;
    this.#obstacle = null;
    const pauseMs = this.#pausedSince === undefined ? undefined : Date.now() - this.#pausedSince;
    this.#pausedSince = undefined;
    if (this.#isStopping) membership.yield();
    this.#options.onAssigned({
      memberId: membership.memberId,
      generation: membership.generation,
      assignor: group.groupProtocol,
      partitions,
      gained: partitions.filter((partition) => !before.includes(partition)),
      lost: before.filter((partition) => !membership.partitions.has(partition)),
      pauseMs,
    });
  }

  async #release(): Promise<void> {
    const membership = this.#membership;
    if (!membership) return;
    this.#pausedSince ??= Date.now();
    await membership.release();
    this.#membership = undefined;
    this.#options.onReleased([...membership.partitions]);
  }
}
