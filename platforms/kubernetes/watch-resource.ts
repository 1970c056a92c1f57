import { Watch, type KubernetesObject } from '@kubernetes/client-node';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { BackOff, pause, type BackOffOptions } from '../../lib/retry/back-off.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { noteContact, type Contact } from '../contact.ts';
import type { KubeClient } from './kube-client.ts';

/** What happened to one object. `before` is what was known of it. */
export type Change<T> =
  | { readonly kind: 'added'; readonly object: T }
  | { readonly kind: 'changed'; readonly object: T; readonly before: T }
  | { readonly kind: 'removed'; readonly object: T };

/** Which collection is watched, who is told of changes, and how patient the watch is. */
export interface WatchResourceOptions<T extends KubernetesObject> {
  readonly client: KubeClient;
  /** Path of the collection, as in `/api/v1/namespaces/kafka-lab/pods`. */
  readonly path: string;
  readonly labelSelector: string;
  /** Lists the same collection with the same selector. */
  readonly list: () => Promise<{ readonly items: readonly T[]; readonly metadata?: { resourceVersion?: string } }>;
  /** The collection in words, to follow "list" and "watch". */
  readonly what: string;
  /** Called for each change after the first list, in order. Must not throw. */
  readonly onChange: (change: Change<T>) => void;
  readonly logger: Logger;
  /** How long one watch lasts until the next list, which notices what it missed, in milliseconds. @default 30000 */
  readonly relistMs?: number;
  /** The pauses after the first failure and after many. @default { firstMs: 250, longestMs: 10000 } */
  readonly retry?: BackOffOptions;
  /** Spreads the pauses: a number from 0 up to 1. @default Math.random */
  readonly random?: () => number;
}

/** A collection that is kept up to date. */
export interface WatchedResource<T> {
  /** Begins to list and to watch. */
  start(): void;
  /** What is known now. */
  list(): readonly T[];
  /** Resolves when the collection was listed for the first time, however late that is: what is in it then is no change. */
  readonly whenListed: Promise<void>;
  /** Whether the API server gave the last list that it was asked for, and since when that is so. */
  readonly contact: Contact;
  /**
   * What is there now: what is known while a watch runs, and otherwise what the API server lists.
   *
   * @throws AppError when it has to be asked and cannot
   */
  listFresh(): Promise<readonly T[]>;
  /**
   * Waits until what is known fulfils a condition.
   *
   * @returns whether it did within the time
   */
  waitFor(condition: (items: readonly T[]) => boolean, timeoutMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** A watch that lasted this long was a success, whatever ended it. */
const HEALTHY_MS = 5000;

/** A list is believed for as long as the watch behind it may take to open. */
const LIST_FRESH_MS = 2000;

type End = 'renewed' | 'ended' | 'failed';

/**
 * Lists a collection, watches it from there, and begins anew when the watch ends, whatever ends it: an error, the
 * server, 410, or `relistMs`. So a connection that broke without a word, or an event that never came, costs at most
 * that time. client-node 2.0.1 by itself ends a watch after 30 s of silence, and its informers end with the first
 * error.
 */
export function watchResource<T extends KubernetesObject>(options: WatchResourceOptions<T>): WatchedResource<T> {
  return new ResourceWatcher(options);
}

class ResourceWatcher<T extends KubernetesObject> implements WatchedResource<T> {
  readonly #options: WatchResourceOptions<T>;
  readonly #closing = new AbortController();
  readonly #known = new Map<string, T>();
  readonly #waiting = new Set<() => void>();
  #asked: PromiseWithResolvers<readonly T[]> | undefined;
  #wake: () => void = () => undefined;
  readonly #firstList = Promise.withResolvers<undefined>();
  #hasListed = false;
  #listedAt = 0;
  #isWatching = false;
  #isFailing = false;
  #contact: Contact = { isReachable: false, since: Date.now() };
  #life: Promise<void> = Promise.resolve();

  constructor(options: WatchResourceOptions<T>) {
    this.#options = options;
  }

  start(): void {
    this.#life = this.#run();
  }

  list(): readonly T[] {
    return [...this.#known.values()];
  }

  get whenListed(): Promise<void> {
    return this.#firstList.promise;
  }

  get contact(): Contact {
    return this.#contact;
  }

  async listFresh(): Promise<readonly T[]> {
    const isFresh = this.#hasListed && performance.now() - this.#listedAt < LIST_FRESH_MS;
    if (this.#isWatching || isFresh) return this.list();
    this.#closing.signal.throwIfAborted();
    this.#asked ??= Promise.withResolvers();
    this.#wake();
    return this.#asked.promise;
  }

  waitFor(condition: (items: readonly T[]) => boolean, timeoutMs: number): Promise<boolean> {
    const isMet = (): boolean => condition(this.list());
    if (isMet()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (answer: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        this.#closing.signal.removeEventListener('abort', giveUp);
        resolve(answer);
      };
      const look = (): void => {
        if (isMet()) settle(true);
      };
      const giveUp = (): void => settle(false);
      const timer = setTimeout(giveUp, timeoutMs);
      this.#waiting.add(look);
      this.#closing.signal.addEventListener('abort', giveUp);
    });
  }

  async stop(): Promise<void> {
    this.#closing.abort(new AppError('shutting-down', 'the connection to the cluster was closed'));
    this.#wake();
    await this.#life;
  }

  async #run(): Promise<void> {
    const backOff = new BackOff(this.#options.retry ?? { firstMs: 250, longestMs: 10_000 });
    while (!this.#closing.signal.aborted) {
      const startedAt = performance.now();
      const resourceVersion = await this.#list();
      const end = resourceVersion === undefined ? 'failed' : await this.#watch(resourceVersion);
      if (end === 'renewed') {
        backOff.reset();
        continue;
      }
      const hasLasted = performance.now() - startedAt > HEALTHY_MS && resourceVersion !== undefined;
      if (hasLasted) backOff.reset();
      await this.#pause(backOff.next() * (0.5 + (this.#options.random ?? Math.random)() / 2));
    }
    this.#asked?.reject(this.#closing.signal.reason);
    this.#asked = undefined;
  }

  /** The version to watch from, or nothing when the list failed. */
  async #list(): Promise<string | undefined> {
    const { client, list, what } = this.#options;
    try {
      const { items, metadata } = await client.call(`list ${what}`, list);
      if (this.#closing.signal.aborted) return undefined;
      this.#contact = noteContact(this.#contact, true, Date.now());
      this.#takeList(items);
      this.#asked?.resolve(this.list());
      this.#asked = undefined;
      return metadata?.resourceVersion ?? '';
    } catch (error) {
      this.#asked?.reject(error);
      this.#asked = undefined;
      if (!this.#closing.signal.aborted) this.#contact = noteContact(this.#contact, false, Date.now());
      this.#tellFailure(messageOf(error));
      return undefined;
    }
  }

  #takeList(items: readonly T[]): void {
    const listed = new Set(items.map(readUid));
    for (const [uid, object] of this.#known) if (!listed.has(uid)) this.#remove(object);
    for (const object of items) this.#put(object);
    this.#hasListed = true;
    this.#firstList.resolve(undefined);
    this.#listedAt = performance.now();
    this.#lookAgain();
  }

  #watch(resourceVersion: string): Promise<End> {
    const { client, path, labelSelector, what, relistMs = 30_000 } = this.#options;
    return new Promise((resolve) => {
      let isOver = false;
      let controller: AbortController | undefined;
      const finish = (end: End): void => {
        if (isOver) return;
        isOver = true;
        this.#isWatching = false;
        clearTimeout(renewal);
        this.#wake = () => undefined;
        controller?.abort();
        resolve(end);
      };
      const fail = (error: unknown): void => {
        // Silence is no failure: nothing may have happened.
        if (isTimeout(error)) {
          finish('renewed');
          return;
        }
        if (error && !isOver) this.#tellFailure(`could not watch ${what}: ${messageOf(error)}`);
        finish(error ? 'failed' : 'ended');
      };
      const renewal = setTimeout(() => finish('renewed'), relistMs);
      // Who asks for a fresh list, or the end, does not wait for a watch that has not opened yet.
      this.#wake = () => finish('renewed');
      const onEvent = (type: string, object: T): void => {
        if (isOver) return;
        if (type === 'ERROR') fail(new Error(readStatusMessage(object)));
        else this.#takeEvent(type, object);
      };
      new Watch(client.config).watch(path, { resourceVersion, labelSelector }, onEvent, fail).then((opened) => {
        controller = opened;
        // A watch that is not wanted any more cannot be ended before it has opened.
        if (isOver) opened.abort();
        else {
          this.#isWatching = true;
          this.#isFailing = false;
        }
      }, fail);
    });
  }

  #takeEvent(type: string, object: T): void {
    if (type === 'ADDED' || type === 'MODIFIED') this.#put(object);
    else if (type === 'DELETED') this.#remove(object);
    this.#lookAgain();
  }

  #put(object: T): void {
    const uid = readUid(object);
    const before = this.#known.get(uid);
    if (before?.metadata?.resourceVersion === object.metadata?.resourceVersion && before !== undefined) return;
    this.#known.set(uid, object);
    if (this.#hasListed)
      this.#tell(before === undefined ? { kind: 'added', object } : { kind: 'changed', object, before });
  }

  #remove(object: T): void {
    if (this.#known.delete(readUid(object))) this.#tell({ kind: 'removed', object });
  }

  #tell(change: Change<T>): void {
    try {
      this.#options.onChange(change);
    } catch (error) {
      this.#options.logger.error({ err: error }, `a change of ${this.#options.what} could not be taken in`);
    }
  }

  #lookAgain(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** The first failure of a row is told; the others are for those who look for them. */
  #tellFailure(message: string): void {
    if (this.#closing.signal.aborted) return;
    this.#options.logger[this.#isFailing ? 'debug' : 'warn'](message);
    this.#isFailing = true;
  }

  async #pause(pauseMs: number): Promise<void> {
    if (this.#asked !== undefined || this.#closing.signal.aborted) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await pause(pauseMs, woken.signal);
    this.#wake = () => undefined;
  }
}

function readUid(object: KubernetesObject): string {
  return object.metadata?.uid ?? '';
}

function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
}

function readStatusMessage(status: unknown): string {
  const hasMessage = typeof status === 'object' && status !== null && 'message' in status;
  return hasMessage && typeof status.message === 'string' ? status.message : 'the API server ended the watch';
}
