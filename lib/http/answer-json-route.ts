import type { RequestHandler, Response } from 'express';
import { createRequestReader } from './read-request.ts';
import { createRequestSignal } from './request-signal.ts';
import type { JsonRoute, ResponseSpec } from './route.ts';

/** Validates, calls the route's handler and writes what it returns. */
export function createJsonAnswer(route: JsonRoute, maxBodyBytes: number): RequestHandler {
  const readRequest = createRequestReader(route, maxBodyBytes);
  return async (request, response) => {
    const signal = createRequestSignal(response);
    const answer = await route.handle({ ...(await readRequest(request)), signal });
    writeAnswer(response, route, answer);
  };
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function writeAnswer(response: Response, { method, path, responses }: JsonRoute, answer: Answer): void {
  const spec = responses[answer.status];
  if (spec === undefined) throw new Error(`${method} ${path} answered ${answer.status}, which it does not declare`);
  const content = renderContent(spec, answer.body);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  response.statusCode = answer.status;
  if (content !== undefined) {
    response.setHeader('Content-Type', content.mediaType);
    // Node adds it to answers to GET, not to HEAD.
    response.setHeader('Content-Length', Buffer.byteLength(content.text));
  }
  response.end(content?.text);
}

function renderContent(spec: ResponseSpec, body: unknown): { mediaType: string; text: string } | undefined {
  if ('schema' in spec) return { mediaType: 'application/json', text: JSON.stringify(body) };
  return 'mediaType' in spec ? { mediaType: spec.mediaType, text: String(body) } : undefined;
}
