import { z } from 'zod';
import { viewGroup } from '../../groups/explain-group.ts';
import { groupViewSchema } from '../../lib/contracts/group.ts';
import { memberIdentitySchema, type MemberIdentity } from '../../lib/contracts/member.ts';
import { route, type Route } from '../../lib/http/route.ts';
import type { GroupConsumer } from '../../kafka/member/group-consumer.ts';
import type { GroupInspector } from '../../kafka/group-inspector.ts';

const assignmentSchema = z
  .object({
    replica: z.string(),
    identity: memberIdentitySchema,
    phase: z.enum(['joining', 'member', 'stopped']),
    memberId: z.string().nullable(),
    generation: z.int().nullable(),
    obstacle: z.string().nullable().describe('Why it is no member, for longer than joining takes.'),
    topic: z.string(),
    partitions: z.array(z.int()),
    held: z
      .array(z.object({ partition: z.int(), reason: z.string(), offset: z.int().optional() }))
      .describe('Those of its partitions that wait, and for what, while the others go on.'),
  })
  .meta({ id: 'Assignment' });

export interface GroupRoutesDeps {
  readonly groupId: string;
  readonly topic: string;
  readonly identity: MemberIdentity;
  readonly consumer: GroupConsumer;
  readonly inspector: GroupInspector;
}

/** `GET /assignment` of this replica, `GET /group` of all. */
export function buildGroupRoutes({ groupId, topic, identity, consumer, inspector }: GroupRoutesDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/assignment',
      summary: 'What this replica owns',
      tags: ['group'],
      responses: { 200: { description: 'Its membership, as it knows it.', schema: assignmentSchema } },
      handle: () => {
        const { phase, memberId, generation, partitions, held, obstacle } = consumer.state();
        const membership = { phase, memberId, generation, obstacle, partitions: [...partitions], held: [...held] };
        return { status: 200, body: { replica: identity.pod, identity, topic, ...membership } };
      },
    }),
    route({
      method: 'get',
      path: '/group',
      summary: 'The whole group: members, partitions, lag, and who is idle',
      tags: ['group'],
      responses: {
        200: {
          description: 'As the coordinator knows it, whichever replica answers.',
          schema: z.object({ answeredBy: z.string(), group: groupViewSchema }),
        },
      },
      problems: { 'kafka-unavailable': 'The brokers do not answer.' },
      handle: async () => ({
        status: 200,
        body: { answeredBy: identity.pod, group: viewGroup(await inspector.inspect(groupId, topic)) },
      }),
    }),
  ];
}
