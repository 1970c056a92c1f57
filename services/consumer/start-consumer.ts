/**
 * The consumer: Kafka in, HTTP out. It processes the partitions that its group gives it, writes a receipt for
 * every finished run of offsets before it commits them, and answers for the whole group from any replica.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ValuesOf } from '../../lib/config/parse-config.ts';
import { describeIdentity } from '../../lib/config/service-variables.ts';
import { createHttpApp } from '../../lib/http/create-http-app.ts';
import type { HealthState } from '../../lib/http/health.ts';
import { startHttpServer } from '../../lib/http/start-http-server.ts';
import { createClusterConnection } from '../../kafka/cluster-connection.ts';
import { createGroupConsumer, type Assignment, type GroupConsumer } from '../../kafka/consumer/group-consumer.ts';
import type { MemberState } from '../../kafka/consumer/member-state.ts';
import { countPartitions } from '../../kafka/count-partitions.ts';
import { raisePartitions } from '../../kafka/ensure-topics.ts';
import { createGroupInspector } from '../../kafka/group-inspector.ts';
import { createLogReader } from '../../kafka/log-reader.ts';
import { createSafeProducer, type SafeProducer } from '../../kafka/producer/safe-producer.ts';
import { createLogger, type Logger } from '../../lib/log/create-logger.ts';
import { createRateLimiter } from '../../lib/log/rate-limiter.ts';
import type { RunningService } from '../../lib/service/run-service.ts';
import type { CONSUMER_VARIABLES } from './config.ts';
import { createConsumerMetrics } from './consumer-metrics.ts';
import { buildGroupRoutes } from './group-routes.ts';
import { createLogPieces } from './log-pieces.ts';
import { buildMessageRoutes } from './message-routes.ts';
import { createMessageTail } from './message-tail.ts';
import { buildProcessingRoutes } from './processing-routes.ts';
import { createProcessRecord } from './process-record.ts';
import { createReceiptWriter } from './receipt-writer.ts';
import { createRecentMessages } from './recent-messages.ts';

export type ConsumerConfig = ValuesOf<typeof CONSUMER_VARIABLES>;

/** The client must have tried something within this time: a broker that cannot be reached is no reason to be killed. */
const LIVENESS_MS = 60_000;
const LEDGER_PATIENCE_MS = 60_000;
/** A receipt that may be stored is waited for, not written again beside itself. */
const LEDGER_CONFIRM_MS = 120_000;
const LEDGER_RECORDS = 10_000;

export async function startConsumer(config: ConsumerConfig): Promise<RunningService> {
  const logger = createLogger({ format: config.LOG_FORMAT, level: config.LOG_LEVEL });
  const identity = describeIdentity(config, new Date());
  const kafka = { brokers: config.KAFKA_BROKERS, clientId: config.POD_NAME, logger };
  const connection = createClusterConnection(kafka);
  const ledger = createLedgerProducer(config, config.RECEIPTS_TOPIC, logger);
  const deadLetters = createLedgerProducer(config, config.DEAD_LETTERS_TOPIC, logger);
  let processingDelayMs = config.PROCESSING_DELAY_MS;
  const metrics = createConsumerMetrics(() => consumer.state());
  // Looking a counter up by its labels costs more than counting.
  const processed = {
    message: metrics.records.labels('message'),
    'dead-letter': metrics.records.labels('dead-letter'),
  };
  const consumer: GroupConsumer = createGroupConsumer({
    ...kafka,
    groupId: config.GROUP_ID,
    topic: config.TOPIC,
    identity,
    assignor: config.ASSIGNOR,
    sessionTimeoutMs: config.SESSION_TIMEOUT_MS,
    heartbeatIntervalMs: config.HEARTBEAT_INTERVAL_MS,
    rebalanceTimeoutMs: config.REBALANCE_TIMEOUT_MS,
    concurrency: config.PARTITION_CONCURRENCY,
    commitEveryRecords: config.COMMIT_EVERY_RECORDS,
    commitEveryMs: config.COMMIT_EVERY_MS,
    process: createProcessRecord({
      deadLetters,
      readDelayMs: () => processingDelayMs,
      limiter: createRateLimiter(config.LOG_LINES_PER_SECOND),
      logger,
      onProcessed: (outcome) => processed[outcome].inc(),
    }),
    writeReceipt: createReceiptWriter({
      topic: config.TOPIC,
      receiptsTopic: config.RECEIPTS_TOPIC,
      ledger,
      countPartitions: (topic) => countPartitions(connection, topic),
      raisePartitions: (topic, count) => raisePartitions(kafka, topic, count),
      logger,
    }),
    onAssigned: (assignment) => {
      metrics.rebalances.inc();
      if (assignment.pauseMs !== undefined) metrics.pauseSeconds.observe(assignment.pauseMs / 1000);
      logger.info(...describeAssignment(config.POD_NAME, assignment));
    },
    onReleased: (partitions) => logger.info({ partitions }, `${config.POD_NAME} gives its partitions up`),
  });
  const log = createLogReader(connection);
  const topics = { topic: config.TOPIC, receiptsTopic: config.RECEIPTS_TOPIC };
  const app = createHttpApp({
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
        readDelayMs: () => processingDelayMs,
        setDelayMs: (delayMs) => (processingDelayMs = delayMs),
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
  const server = await startHttpServer(app, { host: config.HOST, port: config.PORT });
  logger.info({ url: server.url, topic: config.TOPIC, group: config.GROUP_ID }, `${config.POD_NAME} serves`);
  consumer.start();

  let stopped: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    logger.info(`${config.POD_NAME} ends: it leaves the group now and answers for ${String(config.DRAIN_MS)} ms more`);
    const left = consumer.stop();
    server.drain();
    await delay(config.DRAIN_MS);
    await Promise.all([left, server.stop()]);
    await Promise.all([ledger.stop(1000), deadLetters.stop(1000), connection.disconnect()]);
    logger.info(`${config.POD_NAME} has ended`);
  };
  return { url: server.url, stop: () => (stopped ??= end()) };
}

function createLedgerProducer(config: ConsumerConfig, topic: string, logger: Logger): SafeProducer {
  return createSafeProducer({
    brokers: config.KAFKA_BROKERS,
    clientId: config.POD_NAME,
    topic,
    handoverTimeoutMs: LEDGER_PATIENCE_MS,
    confirmTimeoutMs: LEDGER_CONFIRM_MS,
    maxRecords: LEDGER_RECORDS,
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

/** The line that tells people what a rebalance did to this replica. */
function describeAssignment(pod: string, assignment: Assignment): [object, string] {
  const { generation, partitions, gained, lost, pauseMs } = assignment;
  const facts = { generation, partitions, gained, lost, ...(pauseMs === undefined ? {} : { pauseMs }) };
  if (partitions.length === 0) {
    return [facts, `${pod} is idle: the group has more members than partitions, and each partition has one owner`];
  }
  return [facts, `${pod} owns ${String(partitions.length)} partition${partitions.length === 1 ? '' : 's'}`];
}
