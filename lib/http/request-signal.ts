import type { ServerResponse } from 'node:http';

/** A signal that aborts when the client goes away (or is cut off) before its answer was complete. */
export function createRequestSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
