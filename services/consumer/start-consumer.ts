/**
 * The consumer: Kafka in, HTTP out. It processes the partitions that its group gives it, writes a receipt for
 * every finished run of offsets before it commits them, and answers for the whole group from any replica.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { describeIdentity } from '../../lib/config/service-variables.ts';
import { startHttpServer } from '../../lib/http/start-http-server.ts';
import { createClusterConnection } from '../../kafka/cluster-connection.ts';
import { createLogger } from '../../lib/log/create-logger.ts';
import type { RunningService } from '../../lib/service/run-service.ts';
import type { ConsumerConfig } from './config.ts';
import { createConsumerMetrics, type ConsumerMetrics } from './consumer-metrics.ts';
import { createConsumerApp } from './create-consumer-app.ts';
import { createProcessingMember } from './processing-member.ts';

/** Serves HTTP, then joins the group; resolves when it listens. Stopping waits until the group is left. */
export async function startConsumer(config: ConsumerConfig): Promise<RunningService> {
  const logger = createLogger({ format: config.LOG_FORMAT, level: config.LOG_LEVEL });
  const connection = createClusterConnection({ brokers: config.KAFKA_BROKERS, clientId: config.POD_NAME, logger });
  const metrics: ConsumerMetrics = createConsumerMetrics(() => member.consumer.state());
  const deps = { identity: describeIdentity(config, new Date()), connection, metrics, logger };
  const fenced = Promise.withResolvers<never>();
  const member = createProcessingMember(config, deps, fenced.reject);
  const app = createConsumerApp(config, { ...deps, member });
  const server = await startHttpServer(app, { host: config.HOST, port: config.PORT });
  logger.info({ url: server.url, topic: config.TOPIC, group: config.GROUP_ID }, `${config.POD_NAME} serves`);
  member.consumer.start();

  let stopped: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    logger.info(`${config.POD_NAME} ends: it leaves the group now and answers for ${String(config.DRAIN_MS)} ms more`);
    const left = member.consumer.stop();
    server.drain();
    await delay(config.DRAIN_MS);
    await Promise.all([left, server.stop()]);
    await Promise.all([member.stopWriting(1000), connection.disconnect()]);
    logger.info(`${config.POD_NAME} has ended`);
  };
  return { url: server.url, stop: () => (stopped ??= end()), failed: fenced.promise };
}
