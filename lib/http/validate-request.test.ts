import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import { integerParameter } from './integer-parameter.ts';
import { NO_FIELDS } from './route.ts';
import { validateRequest, type RawRequest, type RequestSchemas } from './validate-request.ts';

const messageSchema = z.strictObject({ name: z.string().min(1), key: z.string().optional() });

function validate(schemas: Partial<RequestSchemas>, raw: Partial<RawRequest>) {
  return validateRequest(
    { params: NO_FIELDS, query: NO_FIELDS, headers: NO_FIELDS, ...schemas },
    { params: {}, search: '', headers: {}, body: undefined, ...raw },
  );
}

function listErrors(schemas: Partial<RequestSchemas>, raw: Partial<RawRequest>): unknown {
  try {
    validate(schemas, raw);
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-request') return error.details['errors'];
    throw error;
  }
  throw new Error('The request was valid');
}

describe('validateRequest', () => {
  it('gives the values of all parts with their types', () => {
    const schemas = {
      params: z.object({ id: z.string() }),
      query: z.strictObject({
        limit: integerParameter({ min: 1, max: 10 }).default(5),
        at: integerParameter({ min: 0, max: 9 }),
      }),
      headers: z.object({ 'idempotency-key': z.string().optional() }),
      body: messageSchema,
    };
    const headers = { host: 'localhost', 'idempotency-key': 'k' };
    expect(validate(schemas, { params: { id: 'a' }, search: '?at=3', headers, body: { name: 'n' } })).toEqual({
      params: { id: 'a' },
      query: { limit: 5, at: 3 },
      headers: { 'idempotency-key': 'k' },
      body: { name: 'n' },
    });
  });

  it('names everything that is wrong at once', () => {
    const schemas = {
      query: z.strictObject({ limit: integerParameter({ min: 1, max: 10 }) }),
      body: z.array(messageSchema),
    };
    const body = [{ name: 'fine' }, { name: 3, colour: 'red', __proto__: null }];
    expect(listErrors(schemas, { search: '?limit=ten&page=2', body })).toEqual([
      { path: 'query.limit', message: 'Invalid input: expected a whole number' },
      { path: 'query.page', message: 'Unknown field' },
      { path: 'body[1].name', message: 'Invalid input: expected string, received number' },
      { path: 'body[1].colour', message: 'Unknown field' },
    ]);
  });

  it.each([
    { search: '?a=1&a=1', errors: [{ path: 'query.a', message: 'Given more than once' }] },
    { search: '?b=1', errors: [{ path: 'query.b', message: 'Unknown field' }] },
    { search: '?__proto__=1', errors: [{ path: 'query.__proto__', message: 'Unknown field' }] },
    { search: '?constructor=1', errors: [{ path: 'query.constructor', message: 'Unknown field' }] },
  ])('refuses the query $search', ({ search, errors }) => {
    expect(listErrors({ query: z.strictObject({ a: z.string().optional() }) }, { search })).toEqual(errors);
  });

  it.each(['', ' 1', '1.0', '1e3', '0x10', '+1', '١', '11', '-1', '9'.repeat(400)])(
    'takes %j for no number from 1 to 10',
    (limit) => {
      const query = z.strictObject({ limit: integerParameter({ min: 1, max: 10 }) });
      expect(listErrors({ query }, { search: `?${new URLSearchParams({ limit }).toString()}` })).toHaveLength(1);
    },
  );

  it('asks for a body that is needed, does without one that is not, refuses one that nobody takes', () => {
    expect(listErrors({ body: messageSchema }, {})).toEqual([{ path: 'body', message: 'A body is required' }]);
    expect(validate({ body: messageSchema.optional() }, {})).toMatchObject({ body: undefined });
    expect(validate({ body: messageSchema.default({ name: 'n' }) }, {})).toMatchObject({ body: { name: 'n' } });
    expect(listErrors({}, { body: {} })).toEqual([{ path: 'body', message: 'No body is taken here' }]);
  });

  it('refuses own fields named like those of prototypes', () => {
    const body = JSON.parse('{"name":"n","__proto__":{"key":"k"},"constructor":1}') as unknown;
    expect(listErrors({ body: messageSchema }, { body })).toEqual([
      { path: 'body.__proto__', message: 'Unknown field' },
      { path: 'body.constructor', message: 'Unknown field' },
    ]);
  });

  it('describes the alternative of a union that was meant', () => {
    const body = z.union([messageSchema, z.array(messageSchema)]);
    expect(listErrors({ body }, { body: [{ name: '' }, {}] })).toEqual([
      { path: 'body[0].name', message: 'Too small: expected string to have >=1 characters' },
      { path: 'body[1].name', message: 'Invalid input: expected string, received undefined' },
    ]);
    expect(listErrors({ body }, { body: 3 })).toEqual([{ path: 'body', message: 'Invalid input' }]);
  });

  it('bounds what it answers, however much is wrong', () => {
    const body = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`${'k'.repeat(1000)}${index}`, 1]));
    const errors = listErrors({ body: messageSchema }, { body });
    expect(errors).toHaveLength(50);
    expect(JSON.stringify(errors).length).toBeLessThan(20_000);
  });
});
