/**
 * What the page tells the services: a load, and a processing delay. Replicas come and go, and each knows only of itself, so
 * what was asked for is told again until every ready replica has it.
 */
import { messageOf } from '../lib/errors/app-error.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import { keepDoing } from './keep-doing.ts';
import type { ScalableWorkload } from '../lib/contracts/replica.ts';

export interface ServiceSettingsOptions {
  /** Base URLs of the ready replicas. */
  readonly listReady: (workload: ScalableWorkload) => readonly string[];
  readonly logger: Logger;
  /** Between two rounds, in milliseconds. @default 1000 */
  readonly roundMs?: number;
}

export interface ServiceSettings {
  readonly ratePerSecond: number;
  /** Nothing until somebody sets it: each consumer has its own. */
  readonly processingDelayMs: number | undefined;
  /** Shares a rate among the producers. Resolves when those that are ready have been told. */
  setRate(ratePerSecond: number): Promise<void>;
  setProcessingDelay(delayMs: number): Promise<void>;
  stop(): Promise<void>;
}

const CALL_TIMEOUT_MS = 3000;
const LOAD_ID = 'page';
const KEYS = 120;
/** The longest a load may have; it is begun again long before. */
const LONGEST_LOAD_SECONDS = 86_400;

export function startServiceSettings({ listReady, logger, roundMs = 1000 }: ServiceSettingsOptions): ServiceSettings {
  const ending = new AbortController();
  let ratePerSecond = 0;
  let processingDelayMs: number | undefined;
  /** Producers that may run a load of ours. */
  const loaded = new Set<string>();
  const told = new Map<string, number>();

  const call = async (url: string, method: string, body?: object): Promise<Response> =>
    fetch(url, {
      method,
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });

  const command = async (url: string, method: string, body?: object): Promise<void> => {
    const response = await call(url, method, body);
    await response.body?.cancel();
    if (!response.ok) throw new Error(`${method} ${url} was answered with ${String(response.status)}`);
  };

  const readLoad = async (url: string): Promise<{ id: string; state: string; ratePerSecond: number } | undefined> => {
    const response = await call(`${url}/load`, 'GET');
    if (!response.ok && response.status !== 404) throw new Error(`GET ${url}/load: ${String(response.status)}`);
    const load = (await response.json()) as { id: string; state: string; ratePerSecond: number };
    return response.ok && load.state === 'running' ? load : undefined;
  };

  const tellRate = async (url: string, share: number): Promise<void> => {
    const running = await readLoad(url);
    // Somebody's own load is theirs.
    if (running !== undefined && !running.id.startsWith(`${LOAD_ID}-`)) return;
    if (running?.ratePerSecond === share || (running === undefined && share === 0)) return;
    if (running !== undefined) await command(`${url}/load`, 'DELETE');
    if (share === 0) return;
    const id = `${LOAD_ID}-${Date.now().toString(36)}`;
    const load = { id, ratePerSecond: share, keys: KEYS, durationSeconds: LONGEST_LOAD_SECONDS };
    await command(`${url}/load`, 'POST', load);
  };

  const tellRates = createTurns(async () => {
    const producers = listReady('producer');
    const shares = share(ratePerSecond, producers.length);
    await Promise.all(
      producers.map((url, index) =>
        attempt(url, async () => {
          const wanted = shares[index] ?? 0;
          if (wanted > 0) loaded.add(url);
          // One that is not ready now, or does not stop, is stopped later.
          if (loaded.has(url)) await tellRate(url, wanted);
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
            await command(`${url}/processing-delay`, 'PUT', { delayMs: wanted });
            told.set(url, wanted);
          }),
        ),
    );
  });

  const attempt = async (url: string, tell: () => Promise<void>): Promise<void> => {
    await tell().catch((error: unknown) => logger.debug(`${url} is told again: ${messageOf(error)}`));
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
