import type { RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';
import { EventStream } from './event-stream.ts';
import type { MemoryBudget } from './memory-budget.ts';
import type { HttpMetrics } from './metrics.ts';
import { createRequestReader } from './read-request.ts';
import { createRequestLease } from './request-signal.ts';
import type { StreamRoute } from './route.ts';

/** Streams open at once. */
export const MAX_STREAMS = 100;

/** The event streams of one application. */
export class OpenStreams {
  readonly #streams = new Set<EventStream>();
  readonly #metrics: HttpMetrics;
  #isEnding = false;

  constructor(metrics: HttpMetrics) {
    this.#metrics = metrics;
  }

  /** @throws AppError `shutting-down` or `queue-full` */
  checkRoom(): void {
    if (this.#isEnding) throw new AppError('shutting-down', 'This replica is stopping.', { retriable: true });
    if (this.#streams.size < MAX_STREAMS) return;
    throw new AppError('queue-full', `${MAX_STREAMS} event streams are open already.`, {
      retriable: true,
      details: { retryAfterSeconds: 10 },
    });
  }

  add(stream: EventStream): void {
    this.#streams.add(stream);
    this.#metrics.openStreams.set(this.#streams.size);
    stream.signal.addEventListener('abort', () => {
      this.#streams.delete(stream);
      this.#metrics.openStreams.set(this.#streams.size);
    });
  }

  /** Ends all streams and lets no new one in. */
  endAll(): void {
    this.#isEnding = true;
    for (const stream of this.#streams) stream.end();
  }
}

/** Validates, opens the stream and lets the route feed it. */
export function createStreamAnswer(
  route: StreamRoute,
  streams: OpenStreams,
  metrics: HttpMetrics,
  budget: MemoryBudget,
): RequestHandler {
  const readRequest = createRequestReader(route, 0);
  return async (request, response) => {
    const memory = createRequestLease(response, budget);
    const { params, query, headers } = await readRequest(request, memory);
    streams.checkRoom();
    if (request.method === 'HEAD') {
      response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
      response.end();
      return;
    }
    const stream = new EventStream(response, { onOverflow: () => metrics.overflownStreams.inc() });
    streams.add(stream);
    const lastEventId = request.get('last-event-id');
    await route.open({ params, query, headers, signal: stream.signal, memory, lastEventId }, stream);
    stream.open();
  };
}
