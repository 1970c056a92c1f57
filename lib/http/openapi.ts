import type { z } from 'zod';
import type { ErrorCode } from '../errors/app-error.ts';
import { PROBLEM_MEDIA_TYPE, PROBLEMS, problemSchema } from './problem.ts';
import type { ResponseSpec, Route } from './route.ts';
import { OPENAPI_VERSION, SchemaComponents, type Direction, type JsonSchema } from './schema-components.ts';

/** What the documentation says of an API as a whole. */
export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  /** Markdown. */
  readonly description: string;
}

/** An OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html). */
export type OpenApiDocument = Readonly<Record<string, unknown>> & { readonly openapi: string };

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}

type Operation = Record<string, unknown> & { readonly parameters?: Parameter[] };
type Responses = Record<string, { description: string; headers?: object; content?: Record<string, object> }>;

/** Describes routes from the schemas they validate with. */
export function buildOpenApi(info: ApiInfo, routes: readonly Route[]): OpenApiDocument {
  const components = new SchemaComponents();
  const problem = components.add(problemSchema, 'output', ['any problem']);
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = formatPath(route.path);
    paths[path] = { ...paths[path], [route.method]: buildOperation(route, components, problem) };
  }
  const schemas = components.build();
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  for (const { parameters = [] } of operations) parameters.forEach(raiseDescription);
  return { openapi: OPENAPI_VERSION, info: { ...info }, paths, components: { schemas } };
}

function buildOperation(route: Route, components: SchemaComponents, problem: JsonSchema): Operation {
  const convert: Convert = (schema, direction, ...place) =>
    components.add(schema, direction, [route.method, route.path, ...place]);
  const parameters = [
    ...buildParameters('path', route.params, convert),
    ...buildParameters('query', route.query, convert),
    ...buildParameters('header', route.headers, convert),
  ];
  const body = route.kind === 'json' ? route.body : undefined;
  const requestBody = body && {
    required: !acceptsNothing(body),
    content: { 'application/json': { schema: convert(body, 'input', 'body') } },
  };
  return {
    operationId: formatOperationId(route),
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.tags === undefined ? {} : { tags: route.tags }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: addProblems(buildResponses(route, convert), route, problem),
  };
}

type Convert = (schema: z.ZodType, direction: Direction, ...place: string[]) => JsonSchema;

function buildParameters(where: string, fields: z.ZodObject | undefined, convert: Convert): Parameter[] {
  // A parameter's text is only how its value travels: the value is described.
  return Object.entries((fields?.shape ?? {}) as Record<string, z.ZodType>).map(([name, field]) => {
    const required = where === 'path' || !acceptsNothing(field);
    return { name, in: where, required, schema: convert(field, 'output', where, name) };
  });
}

/** What is said of a value is said of the parameter. */
function raiseDescription(parameter: Parameter): void {
  const { description, ...schema } = parameter.schema;
  if (description !== undefined) Object.assign(parameter, { description, schema });
}

function buildResponses(route: Route, convert: Convert): Responses {
  if (route.kind === 'event-stream') {
    const events = Object.entries(route.events).map(([name, schema]) => [name, convert(schema, 'output', name)]);
    const content = {
      'text/event-stream': { schema: { type: 'string' }, 'x-events': Object.fromEntries(events) as object },
    };
    const description = `Server-sent events with JSON data: ${Object.keys(route.events).join(', ')}.`;
    return { '200': { description, content } };
  }
  const entries = Object.entries(route.responses).map(([status, spec]) => {
    const content = buildContent(spec, status, convert);
    return [status, { description: spec.description, ...(content === undefined ? {} : { content }) }];
  });
  return Object.fromEntries(entries) as Responses;
}

function buildContent(spec: ResponseSpec, status: string, convert: Convert): Record<string, object> | undefined {
  if ('schema' in spec) return { 'application/json': { schema: convert(spec.schema, 'output', status) } };
  if ('mediaType' in spec) return { [spec.mediaType]: { schema: { type: 'string' } } };
  return undefined;
}

function addProblems(responses: Responses, route: Route, problem: JsonSchema): Responses {
  const content = { [PROBLEM_MEDIA_TYPE]: { schema: problem } };
  const all: Responses = { ...responses, default: { description: 'Any other problem.', content } };
  for (const [code, note] of listProblems(route)) {
    const { status } = PROBLEMS[code];
    const known = all[status];
    const sentence = `\`${code}\`: ${note}`;
    all[status] = {
      description: known === undefined ? sentence : `${known.description}\n\n${sentence}`,
      ...(status === 503 ? { headers: { 'Retry-After': RETRY_AFTER } } : {}),
      content: { ...known?.content, ...content },
    };
  }
  return all;
}

const RETRY_AFTER = { description: 'Seconds after which to try again.', schema: { type: 'integer' } };

const STREAM_PROBLEMS: Route['problems'] = {
  'queue-full': 'Too many event streams are open already.',
  'shutting-down': `${PROBLEMS['shutting-down'].title}.`,
};

/** What a route may answer because of its shape, and what it says itself. */
function listProblems(route: Route): [ErrorCode, string][] {
  const hasBody = route.kind === 'json' && route.body !== undefined;
  const notes: Route['problems'] = {
    'invalid-request': `${PROBLEMS['invalid-request'].title}.`,
    ...(hasBody ? { 'payload-too-large': `${PROBLEMS['payload-too-large'].title}.` } : {}),
    ...(hasBody ? { 'unsupported-media-type': `${PROBLEMS['unsupported-media-type'].title}.` } : {}),
    ...(route.kind === 'event-stream' ? STREAM_PROBLEMS : {}),
    ...route.problems,
  };
  return Object.entries(notes) as [ErrorCode, string][];
}

function acceptsNothing(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success;
}

function formatPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function formatOperationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
