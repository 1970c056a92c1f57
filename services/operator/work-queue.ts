import { BackOff, pause, type BackOffOptions } from '../../lib/retry/back-off.ts';

/** What is done for each key, and how long to wait in between. */
export interface WorkQueueOptions {
  /** Does what is to be done for a key. What it throws is tried again, later each time. */
  readonly process: (key: string) => Promise<void>;
  readonly onError: (key: string, error: unknown, againInMs: number) => void;
  /** Pause after a key was processed, in milliseconds: what comes meanwhile is done together. @default 200 */
  readonly settleMs?: number;
  /** The pauses after the first failure and after many, in milliseconds. @default { firstMs: 250, longestMs: 15000 } */
  readonly retry?: BackOffOptions;
}

/**
 * Keys to be looked at. A key that is added while it waits is done once; one that is added while it is being processed is
 * done again afterwards. Different keys do not wait for each other.
 */
export interface WorkQueue {
  add(key: string): void;
  /** Keys that wait or are being processed. */
  readonly depth: number;
  /** Waits for what is being processed; the rest is left. */
  stop(): Promise<void>;
}

/** An empty queue. It begins with the first key, and needs no start. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { process, onError, settleMs = 200, retry = { firstMs: 250, longestMs: 15_000 } } = options;
  const ending = new AbortController();
  const { signal } = ending;
  /** Keys with a worker; whether they were added again since it looked last. */
  const dirty = new Map<string, boolean>();
  const workers = new Set<Promise<void>>();

  const work = async (key: string): Promise<void> => {
    const backOff = new BackOff(retry);
    while (dirty.get(key) && !signal.aborted) {
      dirty.set(key, false);
      let pauseMs = settleMs;
      try {
        await process(key);
        backOff.reset();
      } catch (error) {
        pauseMs = backOff.next();
        dirty.set(key, true);
        onError(key, error, pauseMs);
      }
      await pause(pauseMs, signal);
    }
    dirty.delete(key);
  };
  return {
    add(key) {
      if (signal.aborted) return;
      const isWorkedOn = dirty.has(key);
      dirty.set(key, true);
      if (isWorkedOn) return;
      const worker = work(key).finally(() => workers.delete(worker));
      workers.add(worker);
    },
    get depth() {
      return dirty.size;
    },
    async stop() {
      ending.abort();
      await Promise.all(workers);
    },
  };
}
