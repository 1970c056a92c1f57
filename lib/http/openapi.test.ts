import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { integerParameter } from './integer-parameter.ts';
import { buildOpenApi } from './openapi.ts';
import { route, streamRoute, type Route } from './route.ts';

const info = { title: 'Test', version: '1', description: '' };
const addressSchema = z.object({ host: z.string(), port: z.int().default(9092) }).meta({ id: 'Address' });
const messageSchema = z.strictObject({ name: z.string(), at: z.iso.datetime() }).meta({ id: 'Message' });

interface Operation {
  readonly parameters?: unknown;
  readonly requestBody?: unknown;
  readonly responses: Record<string, { description: string; content?: unknown; headers?: unknown }>;
}

function describeRoutes(...routes: Route[]) {
  const { openapi, paths, components } = JSON.parse(JSON.stringify(buildOpenApi(info, routes))) as {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, unknown> };
  };
  return { openapi, paths, schemas: components.schemas };
}

const getByShard = route({
  method: 'get',
  path: '/shards/:id/messages',
  summary: 'Messages',
  params: z.object({ id: z.string() }),
  query: z.object({ limit: integerParameter({ min: 1, max: 500 }).default(100).describe('How many.') }),
  responses: { 200: { description: 'They.', schema: z.array(messageSchema) } },
  handle: () => ({ status: 200, body: [] }),
});

describe('buildOpenApi', () => {
  it('describes parameters by the value they stand for', () => {
    const { openapi, paths } = describeRoutes(getByShard);
    expect(openapi).toMatch(/^3\.1\./);
    expect(paths['/shards/{id}/messages']?.['get']?.parameters).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
      {
        name: 'limit',
        in: 'query',
        required: false,
        description: 'How many.',
        schema: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
      },
    ]);
  });

  it('makes components of schemas with an id, the problem among them', () => {
    const { paths, schemas } = describeRoutes(getByShard);
    expect(paths['/shards/{id}/messages']?.['get']?.responses['200']).toEqual({
      description: 'They.',
      content: {
        'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Message' } } },
      },
    });
    expect(Object.keys(schemas)).toEqual(['Message', 'Problem']);
    expect(schemas['Message']).toEqual({
      type: 'object',
      properties: { name: { type: 'string' }, at: { type: 'string', format: 'date-time' } },
      required: ['name', 'at'],
      additionalProperties: false,
    });
  });

  it('splits a schema whose answered form differs, also where another refers to it', () => {
    const clusterSchema = z.object({ brokers: z.array(addressSchema), sample: messageSchema }).meta({ id: 'Cluster' });
    const { paths, schemas } = describeRoutes(
      route({
        method: 'put',
        path: '/cluster',
        summary: 'Set it',
        body: clusterSchema,
        responses: { 200: { description: 'As set.', schema: clusterSchema } },
        handle: ({ body }) => ({ status: 200, body }),
      }),
    );
    expect(Object.keys(schemas)).toEqual([
      'Address',
      'AddressOutput',
      'Cluster',
      'ClusterOutput',
      'Message',
      'Problem',
    ]);
    expect(schemas['ClusterOutput']).toMatchObject({
      properties: {
        brokers: { items: { $ref: '#/components/schemas/AddressOutput' } },
        sample: { $ref: '#/components/schemas/Message' },
      },
    });
    expect(schemas['Address']).toMatchObject({ required: ['host'] });
    expect(schemas['AddressOutput']).toMatchObject({ required: ['host', 'port'] });
    expect(JSON.stringify(paths)).not.toContain('$defs');
    expect(paths['/cluster']?.['put']).toMatchObject({
      requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Cluster' } } } },
      responses: {
        200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/ClusterOutput' } } } },
      },
    });
  });

  it('lists problems under the statuses they are answered with', () => {
    const { paths } = describeRoutes(
      route({
        method: 'post',
        path: '/producer',
        summary: 'Store',
        body: messageSchema,
        problems: {
          'kafka-unavailable': 'No broker.',
          'queue-full': 'Too many wait.',
          'outcome-unknown': 'Perhaps stored.',
        },
        responses: { 201: { description: 'Stored.' } },
        handle: () => ({ status: 201 }),
      }),
    );
    const responses = paths['/producer']?.['post']?.responses ?? {};
    expect(Object.keys(responses)).toEqual(['201', '400', '413', '415', '503', '504', 'default']);
    expect(responses['503']).toEqual({
      description: '`kafka-unavailable`: No broker.\n\n`queue-full`: Too many wait.',
      headers: { 'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'integer' } } },
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    });
  });

  it('describes event streams with the data of their events', () => {
    const { paths } = describeRoutes(
      streamRoute({
        path: '/messages/stream',
        summary: 'Live',
        events: { message: messageSchema },
        open: () => undefined,
      }),
    );
    expect(paths['/messages/stream']?.['get']?.responses['200']).toMatchObject({
      content: { 'text/event-stream': { 'x-events': { message: { $ref: '#/components/schemas/Message' } } } },
    });
  });

  it('refuses two schemas of one id, and recursion without an id', () => {
    const answer = (path: string, schema: z.ZodType) =>
      route({
        method: 'get',
        path,
        summary: '',
        responses: { 200: { description: '', schema } },
        handle: () => ({ status: 200, body: null }),
      });
    const twin = z.object({ one: z.string() }).meta({ id: 'Twin' });
    const otherTwin = z.object({ other: z.string() }).meta({ id: 'Twin' });
    expect(() => describeRoutes(answer('/one', twin), answer('/other', otherTwin))).toThrow(/"Twin"/);
    const tree = z.object({
      get children(): z.ZodArray<typeof tree> {
        return z.array(tree);
      },
    });
    expect(() => describeRoutes(answer('/tree', tree))).toThrow('A recursive schema needs an id');
  });

  it('names the route whose schema has no JSON form', () => {
    const stamp = route({
      method: 'get',
      path: '/stamp',
      summary: '',
      responses: { 200: { description: '', schema: z.symbol() } },
      handle: () => ({ status: 200, body: Symbol('now') }),
    });
    expect(() => describeRoutes(stamp)).toThrow(/get > \/stamp > 200/);
  });
});
