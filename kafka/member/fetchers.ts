import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { pause } from '../../lib/retry/back-off.ts';
import { isBrokerLost, isNotReadableNow, isOutOfRange } from '../kafka-error.ts';
import type { FetchedPartition } from '../kafkajs/fetch.ts';
import type { Accounting } from './accounting.ts';
import type { Membership, Tenure } from './membership.ts';
import type { Pump } from './pump.ts';
import type { TopicLog } from './topic-log.ts';
import type { UnreadablePartitions } from './unreadable-partitions.ts';

interface FetcherOptions {
  readonly topic: string;
  readonly membership: Membership;
  readonly log: TopicLog;
  readonly pump: Pump;
  readonly accounting: Accounting;
  readonly unreadable: UnreadablePartitions;
  /** Where to go on, by partition: kafkajs' errors when it cannot be had now. */
  readonly readPositions: (partitions: readonly number[]) => Promise<ReadonlyMap<number, number>>;
  /** Called when something is tried. */
  readonly onSign: () => void;
  /** Aborted at the end. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** How far a partition is fetched. */
interface Position {
  next: number;
  /** Of a batch that is longer than a partition's share of an answer. */
  cut: { readonly offset: number; readonly neededBytes: number; readonly times: number } | undefined;
}

/** How long a broker holds a fetch back for want of records. What is gained or moved does not wait for that. */
const MAX_WAIT_MS = 2000;
/** The same while a partition is left out because its queue is full: it may have room at any time. */
const MAX_WAIT_BESIDE_FULL_MS = 100;
const FULL_LOOK_MS = 20;
const PARTITION_BYTES = 1024 * 1024;
/** A batch of more bytes is not asked for: the service is small. */
const LARGEST_BATCH_BYTES = 32 * 1024 * 1024;
/** So many answers in a row with a part of a batch only, though there was room for it, and the rest is missing. */
const MOST_CUTS = 50;
/** Between two looks for a partition's new leader, while the old one is gone and nobody is elected yet. */
const LEADER_LOOK_MS = 200;
const POSITION_AGAIN_MS = 100;

/** One loop for each broker that leads a partition of the member: it asks for all of them at once. */
export class Fetchers {
  readonly #options: FetcherOptions;
  readonly #positions = new Map<Tenure, Position>();
  readonly #loops = new Map<number, Promise<void>>();
  /** Ends what the loops wait for. */
  readonly #sleepers = new Set<() => void>();
  #leaders = '';

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  /** Begins partitions that were gained, where they were left: as soon as the coordinator says where that is. */
  async begin(tenures: readonly Tenure[]): Promise<void> {
    const { readPositions, signal, logger } = this.#options;
    for (let missing = tenures; missing.length > 0; missing = missing.filter((tenure) => !tenure.ending.aborted)) {
      try {
        const found = await readPositions(missing.map(({ partition }) => partition));
        for (const tenure of missing.filter(({ ending }) => !ending.aborted)) {
          this.#positions.set(tenure, { next: found.get(tenure.partition) ?? 0, cut: undefined });
        }
        this.interrupt();
        return;
      } catch (error) {
        if (signal.aborted) return;
        logger.debug(`asking again where to go on: ${messageOf(error)}`);
        this.#options.log.forget(error);
        await pause(POSITION_AGAIN_MS, signal);
      }
    }
  }

  forget(tenure: Tenure): void {
    this.#positions.delete(tenure);
  }

  /** Looks anew at what there is to fetch, and from whom. */
  interrupt(): void {
    for (const wake of this.#sleepers) wake();
    this.#options.log.interrupt();
    this.#ensureLoops();
  }

  /** The loops end with the signal; the last of them when its broker has answered. */
  #ensureLoops(): void {
    if (this.#options.signal.aborted) return;
    for (const leader of this.#fetchedByLeader().keys()) {
      if (this.#loops.has(leader)) continue;
      this.#loops.set(
        leader,
        this.#fetchFrom(leader).finally(() => {
          this.#loops.delete(leader);
          // Something may have been gained while it ended.
          this.#ensureLoops();
        }),
      );
    }
  }

  /** What there is to fetch, by the id of its leader; -1 for what has none. */
  #fetchedByLeader(): ReadonlyMap<number, readonly Tenure[]> {
    const leaders = this.#options.log.readLeaders();
    const fetched = [...this.#positions.keys()].filter(({ ending }) => !ending.aborted);
    return Map.groupBy(fetched, ({ partition }) => leaders.get(partition) ?? -1);
  }

  async #fetchFrom(leader: number): Promise<void> {
    const { log, signal, onSign } = this.#options;
    while (!signal.aborted) {
      try {
        onSign();
        await log.refresh(true);
        if (this.#haveLeadersMoved()) this.interrupt();
        const mine = this.#fetchedByLeader().get(leader);
        if (mine === undefined) return;
        if (leader < 0) await this.#lookForLeaders();
        else await this.#fetchOnce(leader, mine);
      } catch (error) {
        this.#explain(error);
        await this.#lookForLeaders();
      }
    }
  }

  #explain(error: unknown): void {
    const { log, logger } = this.#options;
    if (!isNotReadableNow(error) && !isBrokerLost(error)) logger.warn(`fetching again: ${messageOf(error)}`);
    log.forget(error);
  }

  async #fetchOnce(leader: number, mine: readonly Tenure[]): Promise<void> {
    const { log, pump, accounting, unreadable } = this.#options;
    const open = mine.filter((tenure) => !accounting.isHeld(tenure) && !unreadable.isWaiting(tenure.partition));
    const hungry = pump.isFull ? [] : open.filter((tenure) => pump.hasRoom(tenure));
    if (hungry.length === 0) {
      await this.#orAwake(delay(open.length > 0 ? FULL_LOOK_MS : LEADER_LOOK_MS));
      return;
    }
    const asked = new Map(hungry.map((tenure) => [tenure.partition, tenure]));
    const answer = log.fetch(
      leader,
      hungry.map((tenure) => this.#askFor(tenure)),
      hungry.length < open.length ? MAX_WAIT_BESIDE_FULL_MS : MAX_WAIT_MS,
    );
    const fetched = await this.#orAwake(answer);
    if (fetched === undefined) {
      answer.catch(() => undefined);
      return;
    }
    for (const found of fetched) {
      const tenure = asked.get(found.partition);
      const position = tenure && this.#positions.get(tenure);
      // What a new leader was asked for meanwhile comes from there.
      if (!position || tenure.ending.aborted || position.next !== found.offset) continue;
      await this.#take(tenure, position, found);
    }
    if (fetched.some(({ error }) => isNotReadableNow(error))) await this.#lookForLeaders();
  }

  /** What is waited for, or undefined when the loops are to look anew. */
  async #orAwake<T>(waited: Promise<T>): Promise<T | undefined> {
    // A promise of its own: one that outlives the race would keep every answer in memory.
    const awake = Promise.withResolvers<undefined>();
    const wake = (): void => awake.resolve(undefined);
    this.#sleepers.add(wake);
    try {
      return await Promise.race([waited, awake.promise]);
    } finally {
      this.#sleepers.delete(wake);
    }
  }

  #askFor(tenure: Tenure) {
    const position = this.#positions.get(tenure);
    const maxBytes = Math.max(PARTITION_BYTES, position?.cut?.neededBytes ?? 0);
    return { partition: tenure.partition, offset: position?.next ?? 0, maxBytes };
  }

  async #take(tenure: Tenure, position: Position, found: FetchedPartition): Promise<void> {
    const { pump, unreadable } = this.#options;
    const { partition, offset, records, next, error, unreadable: reason } = found;
    if (error !== undefined) return this.#refuse(tenure, position, offset, error);
    this.#noteCut(partition, position, found);
    if (next === offset) {
      if (reason !== undefined) unreadable.hold(partition, offset, reason);
      return;
    }
    unreadable.release(partition, next);
    position.next = next;
    pump.push(tenure, { offset, records, next });
  }

  /** The others of an answer do not wait for what the broker refused. */
  async #refuse(tenure: Tenure, position: Position, offset: number, error: Error): Promise<void> {
    const { topic, log, pump, unreadable, logger } = this.#options;
    const { partition } = tenure;
    if (isNotReadableNow(error)) return;
    if (!isOutOfRange(error)) {
      unreadable.hold(partition, offset, `the broker says: ${error.message}`);
      return;
    }
    // The offset was taken away before it was read, or the log is another one.
    const start = await log.readStart(partition);
    if (position.next !== offset) return;
    const missed = start - offset;
    const consequence = missed > 0 ? `${String(missed)} offsets were taken away unread` : 'it is read from there';
    const where = `${topic} ${String(partition)}: offset ${String(offset)} is not in the log, which begins at ${String(start)}`;
    logger.warn({ partition, offset, start }, `${where}: ${consequence}`);
    position.next = start;
    pump.push(tenure, { offset, records: [], next: start, isLeap: true });
  }

  /** Asks for all of a batch that is longer than a partition's share. */
  #noteCut(partition: number, position: Position, { offset, neededBytes }: FetchedPartition): void {
    const { unreadable } = this.#options;
    const before = position.cut;
    position.cut = undefined;
    if (neededBytes === undefined) return;
    const times = before?.offset === offset && before.neededBytes === neededBytes ? before.times + 1 : 1;
    if (neededBytes > LARGEST_BATCH_BYTES) {
      unreadable.hold(partition, offset, `its batch has ${String(neededBytes)} bytes`);
    } else if (times > MOST_CUTS) {
      unreadable.hold(partition, offset, 'the broker has only a part of it');
    } else {
      position.cut = { offset, neededBytes, times };
    }
  }

  /** Only those who fetch from a broker that is lost wait. */
  async #lookForLeaders(): Promise<void> {
    const { log, signal } = this.#options;
    await pause(LEADER_LOOK_MS, signal);
    // It fails while a partition has no leader at all; the next fetch asks again.
    await log.refresh(false).catch(() => undefined);
    if (this.#haveLeadersMoved()) this.interrupt();
    else this.#ensureLoops();
  }

  #haveLeadersMoved(): boolean {
    const leaders = [...this.#options.log.readLeaders()].join(' ');
    const haveMoved = this.#leaders !== '' && this.#leaders !== leaders;
    this.#leaders = leaders;
    return haveMoved;
  }
}
