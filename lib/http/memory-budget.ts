/**
 * How many bytes a process may hold for its clients at once: bodies that arrive, records read for answers, answers and
 * events that clients have not taken yet. What is beyond waits for a while and is then refused, so that no number of
 * clients, however slow, can cost the process its memory.
 */
import { totalmem } from 'node:os';
import { AppError } from '../errors/app-error.ts';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/** What is assumed where nothing limits the process. */
const DEFAULT_LIMIT_BYTES = 1024 * MEBIBYTE;
/** A byte in flight costs several: as a buffer, as text, as objects, and as text again. */
const SHARE_OF_LIMIT = 16;
const LARGEST_BUDGET_BYTES = 64 * MEBIBYTE;
/** Connections beyond one for so many bytes are not taken: each costs some tens of KiB before anything is read. */
const BYTES_PER_CONNECTION = 512 * KIBIBYTE;

/** The memory at which the system ends this process, in bytes (cgroups of both versions), or an assumption. */
export function readMemoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : DEFAULT_LIMIT_BYTES;
}

/** The share of a process’s memory, in bytes, that may be held for clients: a sixteenth, at most 64 MiB. */
export function decideBudgetBytes(limitBytes: number): number {
  return Math.min(LARGEST_BUDGET_BYTES, Math.floor(limitBytes / SHARE_OF_LIMIT));
}

/** How many connections a process of so much memory takes: one for every 512 KiB, from 64 to 2048. */
export function decideMaxConnections(limitBytes: number): number {
  return Math.min(2048, Math.max(64, Math.floor(limitBytes / BYTES_PER_CONNECTION)));
}

/** What one request or stream holds of the budget. */
export interface MemoryLease {
  readonly bytes: number;
  /** Takes more if there is room now. */
  tryGrow(bytes: number): boolean;
  /**
   * Takes more, waiting for room if need be.
   *
   * @throws AppError `queue-full` when there is none in time
   */
  grow(bytes: number): Promise<void>;
  /** Says what is really held now. Never waits: it exists already. */
  set(bytes: number): void;
  /** From now on, what is held hangs on the client: `giveWay` is called when it is too slow while others wait. */
  yieldBy(giveWay: (() => void) | undefined): void;
  release(): void;
}

interface MemoryBudgetOptions {
  readonly totalBytes: number;
  /** How long a request waits for room, in milliseconds. @default 8000 */
  readonly patienceMs?: number;
  /** How long a slow client may hold what others wait for, in milliseconds. @default 5000 */
  readonly graceMs?: number;
}

/** Held by anybody without being counted, so that small requests pass whatever large ones do. */
const FREE_BYTES = 16 * KIBIBYTE;
const LOOK_AGAIN_MS = 250;

interface Waiter {
  readonly lease: Lease;
  readonly bytes: number;
  readonly until: number;
  readonly resolve: () => void;
  readonly reject: (error: AppError) => void;
}

/** Bytes that all requests and streams share. Each takes a lease, waits for room, and gives it back. */
export class MemoryBudget {
  readonly totalBytes: number;
  readonly #patienceMs: number;
  readonly #graceMs: number;
  /** The oldest first. */
  readonly #leases = new Set<Lease>();
  #waiters: Waiter[] = [];
  #watch: NodeJS.Timeout | undefined;

  constructor({ totalBytes, patienceMs = 8000, graceMs = 5000 }: MemoryBudgetOptions) {
    this.totalBytes = totalBytes;
    this.#patienceMs = patienceMs;
    this.#graceMs = graceMs;
  }

  /** Bytes that count, of all leases. */
  get takenBytes(): number {
    let sum = 0;
    for (const lease of this.#leases) sum += countBytes(lease.bytes);
    return sum;
  }

  openLease(): MemoryLease {
    const lease = new Lease({
      hasRoom: (held, bytes) => this.#waiters.length === 0 && this.#hasRoom(held, bytes),
      wait: (waiting, bytes) => this.#wait(waiting, bytes),
      changed: (changed) => {
        // Only who holds something is looked at.
        if (changed.bytes > 0) this.#leases.add(changed);
        else this.#leases.delete(changed);
        this.#serve();
      },
      released: (released) => this.#giveUp(({ lease: waiting }) => waiting === released),
    });
    return lease;
  }

  /** Somebody who alone wants more than there is gets it when nobody else holds anything. */
  #hasRoom(held: number, bytes: number): boolean {
    const more = countBytes(held + bytes) - countBytes(held);
    const taken = this.takenBytes;
    return more === 0 || taken + more <= this.totalBytes || taken === countBytes(held);
  }

  #wait(lease: Lease, bytes: number): Promise<void> {
    const until = Date.now() + this.#patienceMs;
    return new Promise((resolve, reject) => {
      this.#waiters.push({ lease, bytes, until, resolve, reject });
      this.#watch ??= setInterval(() => this.#look(), LOOK_AGAIN_MS).unref();
    });
  }

  /** Those who wait get room in the order in which they came. */
  #serve(): void {
    for (let next = this.#waiters[0]; next && this.#hasRoom(next.lease.bytes, next.bytes); next = this.#waiters[0]) {
      this.#waiters.shift();
      next.resolve();
      // Gives room to the next one in turn.
      next.lease.take(next.bytes);
    }
    if (this.#waiters.length > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #look(): void {
    const now = Date.now();
    this.#giveUp(({ until }) => until <= now);
    let missing = this.#waiters.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const lease of [...this.#leases]) {
      if (missing <= 0) break;
      if (lease.yieldsSince === undefined || now - lease.yieldsSince < this.#graceMs) continue;
      missing -= lease.bytes;
      lease.giveWay();
    }
    this.#serve();
  }

  #giveUp(isOver: (waiter: Waiter) => boolean): void {
    const over = this.#waiters.filter(isOver);
    if (over.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !isOver(waiter));
    for (const { reject } of over) reject(buildFullError());
    this.#serve();
  }
}

/** The one sentence for clients whose request did not fit. */
export function buildFullError(): AppError {
  return new AppError('queue-full', 'Other clients hold the memory that this request needs.', {
    retriable: true,
    details: { retryAfterSeconds: 5 },
  });
}

function countBytes(bytes: number): number {
  return Math.max(0, bytes - FREE_BYTES);
}

interface LeaseEvents {
  hasRoom(held: number, bytes: number): boolean;
  wait(lease: Lease, bytes: number): Promise<void>;
  changed(lease: Lease): void;
  released(lease: Lease): void;
}

class Lease implements MemoryLease {
  readonly #events: LeaseEvents;
  #bytes = 0;
  #isReleased = false;
  #giveWay: (() => void) | undefined;
  yieldsSince: number | undefined;

  constructor(events: LeaseEvents) {
    this.#events = events;
  }

  get bytes(): number {
    return this.#bytes;
  }

  tryGrow(bytes: number): boolean {
    if (this.#isReleased || !this.#events.hasRoom(this.#bytes, bytes)) return false;
    this.take(bytes);
    return true;
  }

  async grow(bytes: number): Promise<void> {
    if (this.#isReleased) throw buildFullError();
    if (!this.tryGrow(bytes)) await this.#events.wait(this, bytes);
  }

  take(bytes: number): void {
    this.set(this.#bytes + bytes);
  }

  set(bytes: number): void {
    this.#bytes = this.#isReleased ? 0 : bytes;
    this.#events.changed(this);
  }

  yieldBy(giveWay: (() => void) | undefined): void {
    this.#giveWay = giveWay;
    this.yieldsSince = giveWay === undefined ? undefined : Date.now();
  }

  giveWay(): void {
    const giveWay = this.#giveWay;
    this.yieldBy(undefined);
    giveWay?.();
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.yieldBy(undefined);
    this.#events.released(this);
    this.set(0);
  }
}
