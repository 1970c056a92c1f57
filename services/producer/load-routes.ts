import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../lib/errors/app-error.ts';
import { route, type Route } from '../../lib/http/route.ts';
import type { SafeProducer } from '../../kafka/producer/safe-producer.ts';
import { startLoad, type Load, type LoadStatus } from './load.ts';

const requestSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[\w-]{1,64}$/)
      .optional()
      .describe('Names the load in its records. Default: made up.'),
    ratePerSecond: z.int().min(1).max(20_000).default(100),
    keys: z.int().min(1).max(1_000_000).default(100).describe('How many different keys the records have.'),
    durationSeconds: z.int().min(1).max(86_400).default(600).describe('The load ends by itself after this time.'),
  })
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- what the documentation page shows
  .meta({ id: 'LoadRequest', example: { ratePerSecond: 100, keys: 100, durationSeconds: 60 } });

const statusSchema = z
  .object({
    id: z.string(),
    producer: z.string().describe('The replica that runs it.'),
    state: z.enum(['running', 'finishing', 'ended']),
    ratePerSecond: z.int(),
    keys: z.int(),
    durationSeconds: z.int(),
    startedAt: z.iso.datetime(),
    sent: z.int(),
    acknowledged: z.int(),
    failed: z.record(z.string(), z.int()).describe('Records that are not stored, by problem.'),
    unknown: z.int().describe('Records that may be stored.'),
  })
  .meta({ id: 'Load' });

/** The load of this replica, for demonstrations: one at a time. */
export function buildLoadRoutes(replica: string, producer: SafeProducer): Route[] {
  let load: Load | undefined;
  const current = (): Load => {
    if (load === undefined) throw new AppError('not-found', `${replica} has no load; POST /load starts one`);
    return load;
  };
  const answer = (status: LoadStatus) => ({ ...status });
  return [
    route({
      method: 'post',
      path: '/load',
      summary: 'Start a load of this replica',
      description: 'Numbered, keyed records at a steady rate, from the replica that answers.',
      tags: ['load'],
      body: requestSchema,
      responses: { 201: { description: 'Started.', schema: statusSchema } },
      problems: { conflict: 'This replica already runs a load.' },
      handle: ({ body }) => {
        const running = load?.status();
        if (running?.state === 'running') {
          throw new AppError('conflict', `${replica} already runs load ${running.id}; DELETE /load ends it`);
        }
        load = startLoad({ ...body, id: body.id ?? randomUUID().slice(0, 8) }, replica, producer);
        return { status: 201, body: answer(load.status()) };
      },
    }),
    route({
      method: 'get',
      path: '/load',
      summary: 'The last load of this replica',
      tags: ['load'],
      responses: { 200: { description: 'Running or ended.', schema: statusSchema } },
      problems: { 'not-found': 'This replica has had no load.' },
      handle: () => ({ status: 200, body: answer(current().status()) }),
    }),
    route({
      method: 'delete',
      path: '/load',
      summary: 'End the load of this replica',
      description: 'Records under way still get their outcome: GET /load tells when all have it.',
      tags: ['load'],
      responses: { 200: { description: 'Ended, or ended before.', schema: statusSchema } },
      problems: { 'not-found': 'This replica has had no load.' },
      handle: () => {
        current().stop();
        return { status: 200, body: answer(current().status()) };
      },
    }),
  ];
}
