import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Passes, PassesOptions } from './measure-passes.ts';

/**
 * Makes passes in a thread of its own, in whose heap is nothing but the model and what it is told.
 *
 * @param signal ends the thread
 */
export async function runPasses(options: PassesOptions, signal: AbortSignal): Promise<Passes> {
  const worker = new Worker(new URL('./passes-worker.ts', import.meta.url), { workerData: options });
  try {
    // Rejects also with an error of the thread.
    const [passes] = (await once(worker, 'message', { signal })) as [Passes];
    return passes;
  } finally {
    await worker.terminate();
  }
}
