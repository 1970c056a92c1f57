import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { route, streamRoute } from './route.ts';

const schema = z.object({ colour: z.enum(['red', 'blue']), words: z.array(z.string()) });
const declared = {
  method: 'get',
  path: '/',
  summary: '',
  responses: {
    200: { description: '', schema },
    202: { description: '', mediaType: 'text/plain' },
    204: { description: '' },
  },
} as const;

/** The types are the subject: `npm run types` fails when an expected error is none. */
describe('route', () => {
  it('takes handlers whose answers are declared', () => {
    const words: readonly string[] = ['a'];
    const routes = [
      route({ ...declared, handle: () => ({ status: 200, body: { colour: 'red', words } }) }),
      route({ ...declared, handle: async () => ({ status: 202, body: await Promise.resolve('text') }) }),
      route({ ...declared, handle: ({ signal }) => (signal.aborted ? { status: 204 } : { status: 202, body: '' }) }),
    ];
    expect(routes.map(({ kind }) => kind)).toEqual(['json', 'json', 'json']);
  });

  it('refuses answers that are not', () => {
    const routes = [
      // @ts-expect-error the status is not declared
      route({ ...declared, handle: () => ({ status: 201, body: { colour: 'red', words: [] } }) }),
      // @ts-expect-error the body does not fit the schema
      route({ ...declared, handle: () => ({ status: 200, body: { colour: 'green', words: [] } }) }),
      // @ts-expect-error the body is missing
      route({ ...declared, handle: () => ({ status: 200 }) }),
      // @ts-expect-error an undeclared query parameter does not exist
      route({ ...declared, handle: ({ query }) => ({ status: 202, body: typeof query.limit }) }),
    ];
    expect(routes).toHaveLength(4);
  });

  it('knows the data of events', () => {
    const declaredStream = streamRoute({
      path: '/stream',
      summary: '',
      events: { painted: schema },
      open: (_request, stream) => {
        stream.send('painted', { colour: 'red', words: [] });
        // @ts-expect-error the data does not fit the schema
        stream.send('painted', { colour: 'green', words: [] });
        // @ts-expect-error the event is not declared
        stream.send('washed', {});
      },
    });
    expect(declaredStream).toMatchObject({ kind: 'event-stream', method: 'get' });
  });
});
