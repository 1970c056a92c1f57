import { setTimeout as delay } from 'node:timers/promises';

/** Between which lengths the pauses grow. */
export interface BackOffOptions {
  /** The pause after the first failure, in milliseconds. */
  readonly firstMs: number;
  /** The pause after many. */
  readonly longestMs: number;
}

/** Pauses between tries: each is twice as long as the one before, up to the longest. */
export class BackOff {
  readonly #options: BackOffOptions;
  #nextMs: number;

  constructor(options: BackOffOptions) {
    this.#options = options;
    this.#nextMs = options.firstMs;
  }

  /** How long to pause after one more failure, in milliseconds. */
  next(): number {
    const pauseMs = this.#nextMs;
    this.#nextMs = Math.min(pauseMs * 2, this.#options.longestMs);
    return pauseMs;
  }

  /** To be called after a success: the next pause is the first again. */
  reset(): void {
    this.#nextMs = this.#options.firstMs;
  }
}

/** Pauses, no longer than until the signal aborts: whoever goes on asks it. */
export async function pause(pauseMs: number, signal: AbortSignal): Promise<void> {
  await delay(pauseMs, undefined, { signal }).catch(() => undefined);
}
