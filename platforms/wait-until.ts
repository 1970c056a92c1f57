import { setTimeout as delay } from 'node:timers/promises';
import { AppError, messageOf } from '../lib/errors/app-error.ts';

interface WaitOptions {
  /** What is waited for, to follow "waiting for": "three brokers". */
  readonly what: string;
  readonly timeoutMs: number;
  /** @default 100 */
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
  /** Told once when the wait is longer than a moment. */
  readonly onSlow?: (sentence: string) => void;
}

const SLOW_MS = 3000;

/**
 * Asks `probe` until it gives a value. A probe that throws is asked again; its last error is told at the end.
 *
 * @throws AppError `timed-out` with what was waited for, for how long, and why it was not there yet
 */
export async function waitUntil<T>(
  probe: () => Promise<T | undefined> | T | undefined,
  options: WaitOptions,
): Promise<T> {
  const startedAt = Date.now();
  let lastError: unknown;
  let isSlowTold = false;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      const value = await probe();
      if (value !== undefined) return value;
      lastError = undefined;
    } catch (error) {
      // What trying again cannot mend is told at once.
      if (error instanceof AppError && !error.retriable) throw error;
      lastError = error;
    }
    const waitedMs = Date.now() - startedAt;
    if (waitedMs > options.timeoutMs) {
      const because = lastError === undefined ? '' : `: ${messageOf(lastError)}`;
      throw new AppError('timed-out', `waited ${String(Math.round(waitedMs / 1000))} s for ${options.what}${because}`, {
        retriable: true,
        cause: lastError,
      });
    }
    if (waitedMs > SLOW_MS && !isSlowTold) {
      isSlowTold = true;
      options.onSlow?.(`waiting for ${options.what}`);
    }
    await delay(options.intervalMs ?? 100, undefined, options.signal ? { signal: options.signal } : undefined);
  }
}
