import type { MemberState } from '../../kafka/member/member-state.ts';
import { createGroupInspector } from '../../kafka/group-inspector.ts';
import { createLogReader } from '../../kafka/log-reader.ts';
import { createHttpApp, type HttpApp } from '../../lib/http/create-http-app.ts';
import type { HealthState } from '../../lib/http/health.ts';
import type { ConsumerConfig } from './config.ts';
import { buildGroupRoutes } from './group-routes.ts';
import { createLogPieces } from './log-pieces.ts';
import { buildMessageRoutes } from './message-routes.ts';
import { createMessageTail } from './message-tail.ts';
import type { ProcessingMember, ProcessingMemberDeps } from './processing-member.ts';
import { buildProcessingRoutes } from './processing-routes.ts';
import { createRecentMessages } from './recent-messages.ts';

/** The client must have tried something within this time: a broker that cannot be reached is no reason to be killed. */
const LIVENESS_MS = 60_000;

/** The member that the application tells of, and what it reads the topics with. */
export interface ConsumerAppDeps extends ProcessingMemberDeps {
  readonly member: ProcessingMember;
}

/** The HTTP side of a replica: it answers for the whole group, and for what this replica does. */
export function createConsumerApp(config: ConsumerConfig, deps: ConsumerAppDeps): HttpApp {
  const { identity, connection, metrics, logger, member } = deps;
  const { consumer } = member;
  const log = createLogReader(connection);
  const topics = { topic: config.TOPIC, receiptsTopic: config.RECEIPTS_TOPIC };
  return createHttpApp({
    title: 'Consumer',
    version: '1',
    description: `Reads \`${config.TOPIC}\` in group \`${config.GROUP_ID}\`. This replica is \`${config.POD_NAME}\`.`,
    routes: [
      ...buildMessageRoutes({
        recent: createRecentMessages(log, topics),
        tail: createMessageTail(createLogPieces(log, topics), logger),
        replica: config.POD_NAME,
      }),
      ...buildGroupRoutes({
        groupId: config.GROUP_ID,
        topic: config.TOPIC,
        identity,
        consumer,
        inspector: createGroupInspector(connection),
      }),
      ...buildProcessingRoutes({
        replica: config.POD_NAME,
        readDelayMs: () => member.processingDelayMs,
        setDelayMs: (delayMs) => (member.processingDelayMs = delayMs),
      }),
    ],
    health: {
      live: () => {
        const silentMs = Date.now() - consumer.lastActivityAt;
        return silentMs > LIVENESS_MS
          ? { ok: false, detail: `nothing tried for ${String(silentMs)} ms` }
          : { ok: true };
      },
      ready: () => describeReadiness(consumer.state()),
    },
    registry: metrics.registry,
    allowedHosts: config.ALLOWED_HOSTS,
    logger,
  });
}

/** Whether it takes requests: it is in the group, with or without partitions. Those that wait are no reason to send it none. */
function describeReadiness({ hasJoined, held, obstacle }: MemberState): HealthState {
  if (obstacle !== null) return { ok: false, detail: obstacle };
  if (!hasJoined) return { ok: false, detail: 'has not joined the group yet' };
  const waiting = held.map(({ partition, reason }) => `partition ${String(partition)} waits: ${reason}`);
  return waiting.length === 0 ? { ok: true } : { ok: true, detail: waiting.join('; ') };
}
