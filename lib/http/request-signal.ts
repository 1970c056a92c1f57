import type { ServerResponse } from 'node:http';
import type { MemoryBudget, MemoryLease } from './memory-budget.ts';

/** A signal that aborts when the client goes away (or is cut off) before its answer was complete. */
export function createRequestSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** What a request holds of the process's memory, given back when its answer is sent or its client is gone. */
export function createRequestLease(response: ServerResponse, budget: MemoryBudget): MemoryLease {
  const lease = budget.openLease();
  if (response.destroyed) lease.release();
  response.once('close', () => lease.release());
  return lease;
}
