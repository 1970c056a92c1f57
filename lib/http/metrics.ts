import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { route, type Route } from './route.ts';

/** What the HTTP layer counts. */
export interface HttpMetrics {
  /** Times every request; put first. */
  readonly observe: RequestHandler;
  readonly openStreams: Gauge;
  readonly overflownStreams: Counter;
}

/** Requests whose client went away before the answer; nginx' number. */
const CLIENT_CLOSED = 499;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Registers the HTTP layer's and the process's metrics. Labels take few values, whatever clients send. */
export function createHttpMetrics(registry: Registry, readHeldBytes: () => number): HttpMetrics {
  // Ten times a second: at prom-client's hundred the watch of the event loop is most of what an idle service does.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  const registers = [registry];
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer, by route pattern; event streams are not in it',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  new Gauge({
    name: 'http_held_bytes',
    help: 'Bytes held for clients: bodies that arrive, answers being made, and what was not taken yet',
    registers,
    collect() {
      this.set(readHeldBytes());
    },
  });
  return {
    observe: (request, response, next) => {
      const method = METHODS.has(request.method) ? request.method : 'other';
      const stopTimer = duration.startTimer();
      response.once('close', () => {
        if (response.getHeader('content-type')?.toString().startsWith('text/event-stream')) return;
        const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED;
        stopTimer({ method, route: getRouteLabel(response.locals), status });
      });
      next();
    },
    openStreams: new Gauge({ name: 'http_event_streams', help: 'Open event streams', registers }),
    overflownStreams: new Counter({
      name: 'http_event_streams_overflown_total',
      help: 'Event streams cut off because their client did not read',
      registers,
    }),
  };
}

/** Marks a request as belonging to a route; without a mark it is counted as `unmatched`. */
export function createRouteLabel(pattern: string): RequestHandler {
  return (_request, response, next) => {
    response.locals['route'] = pattern;
    next();
  };
}

function getRouteLabel(locals: Readonly<Record<string, unknown>>): string {
  return typeof locals['route'] === 'string' ? locals['route'] : 'unmatched';
}

/** `/metrics` for Prometheus. */
export function buildMetricsRoute(registry: Registry): Route {
  return route({
    method: 'get',
    path: '/metrics',
    summary: 'Metrics in the text format of Prometheus',
    tags: ['operation'],
    responses: { 200: { description: 'All metrics.', mediaType: registry.contentType } },
    handle: async () => ({ status: 200, body: await registry.metrics() }),
  });
}
