import { z } from 'zod';
import type { Logger } from '../log/create-logger.ts';
import { route, type Route } from './route.ts';

/** What a service says of itself. */
export interface HealthState {
  readonly ok: boolean;
  /** In words, for people. @default none */
  readonly detail?: string;
}

/** The two questions that a platform asks of a service, each at a page of its own. */
export interface HealthChecks {
  /** Whether the process works; if not, it is restarted. */
  readonly live: () => HealthState | Promise<HealthState>;
  /** Whether requests should come here now. */
  readonly ready: () => HealthState | Promise<HealthState>;
}

const healthSchema = z
  .object({ status: z.enum(['ok', 'unavailable']), detail: z.string().optional() })
  .meta({ id: 'Health' });

/** `/health/live` and `/health/ready`: 200 or 503. A check that throws counts as unavailable. */
export function buildHealthRoutes(checks: HealthChecks, logger: Logger): Route[] {
  return [
    buildHealthRoute('/health/live', 'Whether the process works', checks.live, logger),
    buildHealthRoute('/health/ready', 'Whether it takes requests', checks.ready, logger),
  ];
}

function buildHealthRoute(path: string, summary: string, check: HealthChecks['live'], logger: Logger): Route {
  return route({
    method: 'get',
    path,
    summary,
    tags: ['operation'],
    responses: {
      200: { description: 'Yes.', schema: healthSchema },
      503: { description: 'No.', schema: healthSchema },
    },
    handle: async () => {
      const { ok, detail } = await runCheck(path, check, logger);
      const facts = detail === undefined ? {} : { detail };
      return ok
        ? { status: 200, body: { status: 'ok', ...facts } }
        : { status: 503, body: { status: 'unavailable', ...facts } };
    },
  });
}

async function runCheck(path: string, check: HealthChecks['live'], logger: Logger): Promise<HealthState> {
  try {
    return await check();
  } catch (error) {
    logger.error({ err: error, path }, 'health check failed');
    return { ok: false, detail: 'the check itself failed' };
  }
}
