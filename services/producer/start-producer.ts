/**
 * The producer: HTTP in, Kafka out. A message is answered once it is stored on all in-sync replicas, or with
 * the exact word for what became of it. Readiness does not wait for Kafka: the service answers 503 itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ValuesOf } from '../../lib/config/parse-config.ts';
import { createHttpApp, type HttpApp } from '../../lib/http/create-http-app.ts';
import { decideBudgetBytes, readMemoryLimit } from '../../lib/http/memory-budget.ts';
import { startHttpServer } from '../../lib/http/start-http-server.ts';
import { createSafeProducer, type SafeProducer } from '../../kafka/producer/safe-producer.ts';
import { createLogger, type Logger } from '../../lib/log/create-logger.ts';
import type { RunningService } from '../../lib/service/run-service.ts';
import type { PRODUCER_VARIABLES } from './config.ts';
import { buildLoadRoutes } from './load-routes.ts';
import { buildMessageRoutes } from './message-routes.ts';
import { createProducerMetrics } from './producer-metrics.ts';

export type ProducerConfig = ValuesOf<typeof PRODUCER_VARIABLES>;

/** With records waiting, the client must have tried something within this time. */
const LIVENESS_MS = 60_000;
const FLUSH_TIMEOUT_MS = 10_000;

interface ProducerAppDeps {
  readonly config: Pick<ProducerConfig, 'TOPIC' | 'POD_NAME' | 'ALLOWED_HOSTS'>;
  readonly producer: SafeProducer;
  readonly logger: Logger;
}

/** Builds the service's HTTP side without listening. */
function createProducerApp({ config, producer, logger }: ProducerAppDeps): HttpApp {
  return createHttpApp({
    title: 'Producer',
    version: '1',
    description: `Stores messages in the topic \`${config.TOPIC}\`. This replica is \`${config.POD_NAME}\`.`,
    routes: [...buildMessageRoutes({ topic: config.TOPIC, producer }), ...buildLoadRoutes(config.POD_NAME, producer)],
    health: {
      live: () => {
        const silentMs = Date.now() - (producer.lastAttemptAt ?? Date.now());
        const isStuck = producer.pendingRecords > 0 && silentMs > LIVENESS_MS;
        return isStuck
          ? { ok: false, detail: `nothing tried for ${String(Math.round(silentMs / 1000))} s` }
          : { ok: true };
      },
      ready: () => ({ ok: true }),
    },
    registry: createProducerMetrics(() => producer.pendingRecords),
    allowedHosts: config.ALLOWED_HOSTS,
    logger,
  });
}

/** Listens at once, whether brokers answer or not: a message waits for them as long as HANDOVER_TIMEOUT_MS says. */
export async function startProducer(config: ProducerConfig): Promise<RunningService> {
  const logger = createLogger({ format: config.LOG_FORMAT, level: config.LOG_LEVEL });
  const producer = createSafeProducer({
    brokers: config.KAFKA_BROKERS,
    clientId: config.POD_NAME,
    topic: config.TOPIC,
    handoverTimeoutMs: config.HANDOVER_TIMEOUT_MS,
    confirmTimeoutMs: config.CONFIRM_TIMEOUT_MS,
    maxRecords: config.QUEUE_RECORDS,
    maxBytes: decideBudgetBytes(readMemoryLimit()),
    logger,
  });
  const app = createProducerApp({ config, producer, logger });
  const server = await startHttpServer(app, { host: config.HOST, port: config.PORT });
  logger.info({ url: server.url, topic: config.TOPIC }, `${config.POD_NAME} serves`);
  let stopped: Promise<void> | undefined;
  return {
    url: server.url,
    stop: () =>
      (stopped ??= (async () => {
        logger.info(`${config.POD_NAME} ends: it takes requests for ${String(config.DRAIN_MS)} ms more`);
        server.drain();
        await delay(config.DRAIN_MS);
        await server.stop();
        await producer.stop(FLUSH_TIMEOUT_MS);
        logger.info(`${config.POD_NAME} has ended`);
      })()),
  };
}
