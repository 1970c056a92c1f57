/**
 * What the page tells the services: a load, and a processing delay. Replicas come and go, and each knows only of itself, so
 * what was set is sent again until every ready replica has it.
 */
import { messageOf } from '../lib/errors/app-error.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import type { ScalableWorkload } from '../lib/contracts/replica.ts';
import { keepDoing } from './keep-doing.ts';
import { tellProcessingDelay, tellRate } from './tell-replica.ts';

/** Whom to tell, and how often. */
export interface ServiceSettingsOptions {
  /** Base URLs of the ready replicas. */
  readonly listReady: (workload: ScalableWorkload) => readonly string[];
  readonly logger: Logger;
  /** Between two rounds, in milliseconds. @default 1000 */
  readonly roundMs?: number;
}

/** What is asked of the services, and how to ask for something else. */
export interface ServiceSettings {
  /** Records per second of all producers together. */
  readonly ratePerSecond: number;
  /** Nothing until somebody sets it: each consumer has its own. */
  readonly processingDelayMs: number | undefined;
  /** Shares a rate among the producers. Resolves when those that are ready have been told. */
  setRate(ratePerSecond: number): Promise<void>;
  setProcessingDelay(delayMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Begins to tell the ready replicas what was asked for, round after round, until it is stopped. */
export function startServiceSettings({ listReady, logger, roundMs = 1000 }: ServiceSettingsOptions): ServiceSettings {
  const ending = new AbortController();
  let ratePerSecond = 0;
  let processingDelayMs: number | undefined;
  /** Producers that may run a load of ours. */
  const loaded = new Set<string>();
  const told = new Map<string, number>();

  const tellRates = createTurns(async () => {
    const producers = listReady('producer');
    const shares = share(ratePerSecond, producers.length);
    await Promise.all(
      producers.map((url, index) =>
        attempt(url, async () => {
          const wanted = shares[index] ?? 0;
          if (wanted > 0) loaded.add(url);
          // One that is not ready now, or does not stop, is stopped later.
          if (loaded.has(url)) await tellRate(url, wanted, ending.signal);
          if (wanted === 0) loaded.delete(url);
        }),
      ),
    );
  });

  const tellDelays = createTurns(async () => {
    if (processingDelayMs === undefined) return;
    const wanted = processingDelayMs;
    const consumers = listReady('consumer');
    // A replica that is told has it until it ends; its successor has another address.
    for (const url of told.keys()) if (!consumers.includes(url)) told.delete(url);
    await Promise.all(
      consumers
        .filter((url) => told.get(url) !== wanted)
        .map((url) =>
          attempt(url, async () => {
            await tellProcessingDelay(url, wanted, ending.signal);
            told.set(url, wanted);
          }),
        ),
    );
  });

  const attempt = async (url: string, tell: () => Promise<void>): Promise<void> => {
    await tell().catch((error: unknown) => logger.debug(`${url} gets its settings again: ${messageOf(error)}`));
  };

  const rounds = keepDoing(() => Promise.all([tellRates(), tellDelays()]), roundMs, ending.signal);
  return {
    get ratePerSecond() {
      return ratePerSecond;
    },
    get processingDelayMs() {
      return processingDelayMs;
    },
    async setRate(rate) {
      ratePerSecond = rate;
      // What is left of a page that ended is ours, too.
      for (const url of listReady('producer')) loaded.add(url);
      await tellRates();
    },
    async setProcessingDelay(delayMs) {
      processingDelayMs = delayMs;
      await tellDelays();
    },
    async stop() {
      ending.abort();
      await rounds;
    },
  };
}

/** Rounds that overlapped would undo what the other has told: one that is wanted meanwhile comes after. */
function createTurns(round: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  return () => (last = last.then(round, round));
}

/** Whole shares that add up to the whole. */
function share(total: number, among: number): readonly number[] {
  return Array.from({ length: among }, (_, index) => Math.floor(total / among) + (index < total % among ? 1 : 0));
}
