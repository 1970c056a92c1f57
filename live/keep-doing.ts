import { pause } from '../lib/retry/back-off.ts';

/**
 * Does something again and again, with a pause after each time, until the signal aborts; what is under way then is waited
 * for. What is done must not throw.
 */
export async function keepDoing(work: () => unknown, pauseMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work();
    await pause(pauseMs, signal);
  }
}
