import { z } from 'zod';
import { processingDelaySchema } from '../../lib/contracts/lab-snapshot.ts';
import { route, type Route } from '../../lib/http/route.ts';

export interface ProcessingRoutesDeps {
  readonly replica: string;
  readonly readDelayMs: () => number;
  readonly setDelayMs: (delayMs: number) => void;
}

const answerSchema = z
  .object({ replica: z.string(), delayMs: z.int() })
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- what the documentation page shows
  .meta({ id: 'ReplicaProcessingDelay', example: { replica: 'consumer-1', delayMs: 5 } });

/** How long a record takes on this replica, for demonstrations: what makes lag visible without a rollout. */
export function buildProcessingRoutes({ replica, readDelayMs, setDelayMs }: ProcessingRoutesDeps): Route[] {
  const answer = () => ({ status: 200, body: { replica, delayMs: readDelayMs() } }) as const;
  const responses = { 200: { description: 'What this replica does now.', schema: answerSchema } } as const;
  return [
    route({
      method: 'get',
      path: '/processing-delay',
      summary: 'How long a record takes on this replica',
      tags: ['processing'],
      responses,
      handle: answer,
    }),
    route({
      method: 'put',
      path: '/processing-delay',
      summary: 'Set how long a record takes on this replica',
      description: 'Until the replica ends; PROCESSING_DELAY_MS is what it begins with.',
      tags: ['processing'],
      body: processingDelaySchema,
      responses,
      handle: ({ body }) => {
        setDelayMs(body.delayMs);
        return answer();
      },
    }),
  ];
}
