import type { Request } from 'express';
import { hasBody, readJsonBody } from './read-json-body.ts';
import type { MemoryLease } from './memory-budget.ts';
import { NO_FIELDS, type Route } from './route.ts';
import { validateRequest, type RequestSchemas, type ValidRequest } from './validate-request.ts';

/** Reads and checks the requests of a route. A body is read only by routes that take one. */
export function createRequestReader(
  route: Route,
  maxBodyBytes: number,
): (request: Request, memory: MemoryLease) => Promise<ValidRequest> {
  const { params = NO_FIELDS, query = NO_FIELDS, headers = NO_FIELDS } = route;
  const body = route.kind === 'json' ? route.body : undefined;
  // Built once: zod compiles a schema at its first use.
  const schemas: RequestSchemas = { params, query: query.strict(), headers, ...(body === undefined ? {} : { body }) };
  return async (request, memory) =>
    validateRequest(schemas, {
      params: request.params,
      search: /\?.*$/s.exec(request.url)?.[0] ?? '',
      headers: request.headers,
      body: body === undefined ? hasBody(request) || undefined : await readJsonBody(request, maxBodyBytes, memory),
    });
}
