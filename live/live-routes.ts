import { z } from 'zod';
import {
  faultRequestSchema,
  labHistorySchema,
  labSnapshotSchema,
  loadRateSchema,
  processingDelaySchema,
  scaleRequestSchema,
} from '../lib/contracts/lab-snapshot.ts';
import { AppError } from '../lib/errors/app-error.ts';
import { route, streamRoute, type Route } from '../lib/http/route.ts';
import { requireCapability, type Platform } from '../platforms/platform.ts';
import type { LabWatch } from './lab-watch.ts';
import type { ServiceSettings } from './service-settings.ts';

/** What the routes of the page stand on. */
export interface LiveRoutesDeps {
  readonly lab: LabWatch;
  readonly platform: Platform;
  readonly settings: ServiceSettings;
  /** Why writes are refused. @default they are not */
  readonly readOnlyReason?: string;
}

const groupQuery = z.strictObject({
  group: z.string().min(1).max(253).optional().describe('Name of the group. Default: the first.'),
});
const noSuchGroup = { 'no-such-target': 'There is no such group, or none yet.' } as const;
const refusals = { 'read-only': 'The page only shows; nothing can be changed from it.' } as const;

/** Quiet times are told, too: whoever hears nothing for a few seconds has lost the connection. */
const QUIET_MS = 1000;

/** What the page reads, and what it may do. */
export function buildLiveRoutes(deps: LiveRoutesDeps): Route[] {
  return [...buildViewRoutes(deps.lab), ...buildControlRoutes(deps)];
}

function buildViewRoutes(lab: LabWatch): Route[] {
  return [
    streamRoute({
      path: '/api/live',
      summary: 'The lab, whole, whenever something changes, and at least every second',
      tags: ['live'],
      query: groupQuery,
      events: { snapshot: labSnapshotSchema },
      problems: noSuchGroup,
      open: ({ query, signal }, stream) => {
        let revision = 0;
        // When the group is gone the stream ends; whoever reconnects is told so.
        const send = (): void => stream.offer('snapshot', () => lab.snapshot(query.group), String((revision += 1)));
        stream.send('snapshot', lab.snapshot(query.group), '0');
        const unsubscribe = lab.subscribe(() => {
          quiet.refresh();
          send();
        });
        const quiet = setInterval(send, QUIET_MS);
        signal.addEventListener('abort', () => {
          unsubscribe();
          clearInterval(quiet);
        });
      },
    }),
    route({
      method: 'get',
      path: '/api/snapshot',
      summary: 'The lab now',
      tags: ['live'],
      query: groupQuery,
      responses: { 200: { description: 'Everything the page shows.', schema: labSnapshotSchema } },
      problems: noSuchGroup,
      handle: ({ query }) => ({ status: 200, body: lab.snapshot(query.group) }),
    }),
    route({
      method: 'get',
      path: '/api/history',
      summary: 'The last minutes of a group',
      tags: ['live'],
      query: groupQuery,
      responses: { 200: { description: 'Samples of one second, oldest first.', schema: labHistorySchema } },
      problems: noSuchGroup,
      handle: ({ query }) => ({ status: 200, body: lab.history(query.group) }),
    }),
  ];
}

function buildControlRoutes({ platform, settings, readOnlyReason }: Omit<LiveRoutesDeps, 'lab'>): Route[] {
  const requireControls = (): void => {
    if (readOnlyReason !== undefined) throw new AppError('read-only', readOnlyReason);
  };
  const done = { 204: { description: 'Done, or on its way.' } } as const;
  return [
    route({
      method: 'put',
      path: '/api/replicas',
      summary: 'Scale the consumers or the producers',
      tags: ['controls'],
      body: scaleRequestSchema,
      responses: done,
      problems: refusals,
      handle: async ({ body }) => {
        requireControls();
        requireCapability(platform, 'scale');
        await platform.scale(body.workload, body.replicas);
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/api/faults',
      summary: 'Do something to a replica',
      tags: ['controls'],
      body: faultRequestSchema,
      responses: done,
      problems: {
        ...refusals,
        'no-such-target': 'There is no replica of that name.',
        'unsupported-by-platform': 'The fault is not possible here.',
        conflict: 'It makes no sense now.',
      },
      handle: async ({ body }) => {
        requireControls();
        requireCapability(platform, 'faults');
        await platform.inject(body);
        return { status: 204 };
      },
    }),
    route({
      method: 'put',
      path: '/api/load',
      summary: 'Produce at a steady rate, by all producers together',
      tags: ['controls'],
      body: loadRateSchema,
      responses: done,
      problems: refusals,
      handle: async ({ body }) => {
        requireControls();
        await settings.setRate(body.ratePerSecond);
        return { status: 204 };
      },
    }),
    route({
      method: 'put',
      path: '/api/processing-delay',
      summary: 'Set how long every consumer takes for a record',
      tags: ['controls'],
      body: processingDelaySchema,
      responses: done,
      problems: refusals,
      handle: async ({ body }) => {
        requireControls();
        await settings.setProcessingDelay(body.delayMs);
        return { status: 204 };
      },
    }),
  ];
}
