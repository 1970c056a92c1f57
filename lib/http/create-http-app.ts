import type { RequestListener } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import express, { type Express, type RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import type { Logger } from '../log/create-logger.ts';
import { createJsonAnswer } from './answer-json-route.ts';
import { createProblemHandler } from './answer-problem.ts';
import { createStreamAnswer, OpenStreams } from './answer-stream-route.ts';
import { buildDocsHandlers, DOCS_PATH, OPENAPI_PATH } from './docs.ts';
import { buildHealthRoutes, type HealthChecks } from './health.ts';
import { createHostGuard } from './host-guard.ts';
import { decideBudgetBytes, MemoryBudget, readMemoryLimit } from './memory-budget.ts';
import { buildMetricsRoute, createHttpMetrics, createRouteLabel } from './metrics.ts';
import { buildOpenApi, type ApiInfo, type OpenApiDocument } from './openapi.ts';
import { guardOrigin } from './origin-guard.ts';
import { DEFAULT_MAX_BODY_BYTES } from './read-json-body.ts';
import { guardRequest } from './request-guard.ts';
import { route, type Route } from './route.ts';
import { setSecurityHeaders } from './security-headers.ts';

/** What an application serves, beside the documentation, health and metrics that each has. */
export interface HttpAppProps extends ApiInfo {
  readonly routes: readonly Route[];
  readonly health: HealthChecks;
  /** Where the HTTP layer registers its metrics; one registry per application. */
  readonly registry: Registry;
  /** Names accepted in the Host header beside `localhost` and every IP address; ports are ignored. */
  readonly allowedHosts: readonly string[];
  readonly logger: Logger;
  /** Files of a page by their paths, `/` among them. @default none; `/` leads to the documentation */
  readonly page?: ReadonlyMap<string, RequestHandler>;
  /** Largest body accepted, in bytes. @default 1048576 */
  readonly maxBodyBytes?: number;
  /** What may be held for clients at once. @default a share of what the system leaves to the process */
  readonly memory?: MemoryBudget;
}

/** An application that listens nowhere yet. */
export interface HttpApp {
  readonly listener: RequestListener;
  /** What `/openapi.json` answers. */
  readonly openApi: OpenApiDocument;
  /** Ends the event streams and refuses new ones: they would keep a server from stopping. */
  endStreams(): void;
}

/**
 * Builds a service's HTTP side from its declared routes: guards, validation, problem documents, health,
 * metrics and documentation.
 */
export function createHttpApp(props: HttpAppProps): HttpApp {
  const { title, version, description, registry, logger, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = props;
  const memory = props.memory ?? new MemoryBudget({ totalBytes: decideBudgetBytes(readMemoryLimit()) });
  const metrics = createHttpMetrics(registry, () => memory.takenBytes);
  const streams = new OpenStreams(metrics);
  const routes = [
    ...props.routes,
    ...buildHealthRoutes(props.health, logger),
    buildMetricsRoute(registry),
    buildOpenApiRoute(() => openApi),
  ];
  const openApi = buildOpenApi({ title, version, description }, routes);

  const app = createExpressApp();
  app.use(metrics.observe, setSecurityHeaders, guardRequest, createHostGuard(props.allowedHosts), guardOrigin);
  const methods = new Map<string, Set<string>>();
  const mount = (path: string, method: Route['method'], handler: RequestHandler) => {
    app[method](path, createRouteLabel(path), handler);
    methods.set(path, (methods.get(path) ?? new Set()).add(method.toUpperCase()));
  };
  for (const declared of routes) {
    checkParams(declared);
    const handler =
      declared.kind === 'json'
        ? createJsonAnswer(declared, maxBodyBytes, memory)
        : createStreamAnswer(declared, streams, metrics, memory);
    mount(declared.path, declared.method, handler);
  }
  for (const [path, handler] of props.page ?? [['/', redirectToDocs]]) mount(path, 'get', handler);
  for (const [path, handler] of buildDocsHandlers(title)) mount(path, 'get', handler);
  for (const [path, taken] of methods) app.all(path, createRouteLabel(path), createMethodHandler(taken));
  app.use(answerNotFound, createProblemHandler(logger));
  return { listener: app, openApi, endStreams: () => streams.endAll() };
}

function createExpressApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.enable('case sensitive routing');
  app.set('query parser', false);
  return app;
}

function buildOpenApiRoute(getDocument: () => OpenApiDocument): Route {
  return route({
    method: 'get',
    path: OPENAPI_PATH,
    summary: 'This description',
    tags: ['operation'],
    responses: { 200: { description: 'An OpenAPI document.', schema: z.looseObject({ openapi: z.string() }) } },
    handle: () => ({ status: 200, body: getDocument() }),
  });
}

/** A parameter that only the path or only the schema knows would never be valid. */
function checkParams({ path, params }: Route): void {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name).sort();
  const inSchema = Object.keys(params?.shape ?? {}).sort();
  if (isDeepStrictEqual(inPath, inSchema)) return;
  throw new Error(`${path} has the parameters [${inPath.join(', ')}], its schema [${inSchema.join(', ')}]`);
}

/** What a known path answers to OPTIONS and to the methods it does not take. */
function createMethodHandler(methods: ReadonlySet<string>): RequestHandler {
  const allowedMethods = [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
  return (request, response) => {
    if (request.method !== 'OPTIONS') {
      throw new AppError('method-not-allowed', `${request.path} takes ${allowedMethods.join(', ')}.`, {
        details: { allowedMethods },
      });
    }
    response.statusCode = 204;
    response.setHeader('Allow', allowedMethods.join(', '));
    response.end();
  };
}

const redirectToDocs: RequestHandler = (_request, response) => response.redirect(DOCS_PATH);

const answerNotFound: RequestHandler = (request) => {
  throw new AppError(
    'not-found',
    `There is nothing at ${request.path.slice(0, 200)}; ${DOCS_PATH} lists what there is.`,
  );
};
