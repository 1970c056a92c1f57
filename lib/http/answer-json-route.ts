import type { RequestHandler, Response } from 'express';
import type { MemoryBudget, MemoryLease } from './memory-budget.ts';
import { createRequestReader } from './read-request.ts';
import { createRequestLease, createRequestSignal } from './request-signal.ts';
import type { JsonRoute, ResponseSpec } from './route.ts';

/** Validates, calls the route's handler and writes what it returns. */
export function createJsonAnswer(route: JsonRoute, maxBodyBytes: number, budget: MemoryBudget): RequestHandler {
  const readRequest = createRequestReader(route, maxBodyBytes);
  return async (request, response) => {
    const signal = createRequestSignal(response);
    const memory = createRequestLease(response, budget);
    const answer = await route.handle({ ...(await readRequest(request, memory)), signal, memory });
    writeAnswer(response, route, answer, memory);
  };
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function writeAnswer(
  response: Response,
  { method, path, responses }: JsonRoute,
  answer: Answer,
  memory: MemoryLease,
): void {
  const spec = responses[answer.status];
  if (spec === undefined) throw new Error(`${method} ${path} answered ${answer.status}, which it does not declare`);
  const content = renderContent(spec, answer.body);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  response.statusCode = answer.status;
  if (content !== undefined) {
    response.setHeader('Content-Type', content.mediaType);
    // Node adds it to answers to GET, not to HEAD.
    response.setHeader('Content-Length', content.bytes.length);
    // From here on it is the client who takes its time.
    memory.set(content.bytes.length);
    memory.yieldBy(() => response.destroy());
  }
  response.end(content?.bytes);
}

function renderContent(spec: ResponseSpec, body: unknown): { mediaType: string; bytes: Buffer } | undefined {
  if ('schema' in spec) return { mediaType: 'application/json', bytes: Buffer.from(JSON.stringify(body)) };
  return 'mediaType' in spec ? { mediaType: spec.mediaType, bytes: Buffer.from(String(body)) } : undefined;
}
