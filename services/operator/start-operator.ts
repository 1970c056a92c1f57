/**
 * The operator: it keeps the status of every ConsumerGroup of its namespace true, tells of rebalances, says which pod a
 * scale-down should take, and serves the live page.
 */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ValuesOf } from '../../lib/config/parse-config.ts';
import { createClusterConnection } from '../../kafka/cluster-connection.ts';
import { LIVE_PATIENCE_MS, startLivePage } from '../../live/start-live-page.ts';
import { createLogger } from '../../lib/log/create-logger.ts';
import { startInClusterPlatform } from '../../platforms/kubernetes/in-cluster-platform.ts';
import type { RunningService } from '../../lib/service/run-service.ts';
import type { OPERATOR_VARIABLES } from './config.ts';
import { startController } from './controller.ts';
import { createOperatorMetrics } from './operator-metrics.ts';

export type OperatorConfig = ValuesOf<typeof OPERATOR_VARIABLES>;

const READ_ONLY = 'this page only shows: the operator was deployed without allowControls';

/** Watches the groups of its namespace and serves the live page, until it is stopped. */
export async function startOperator(config: OperatorConfig): Promise<RunningService> {
  const logger = createLogger({ format: config.LOG_FORMAT, level: config.LOG_LEVEL });
  const allowControls = config.ALLOW_CONTROLS === 'true';
  const platform = startInClusterPlatform({
    namespace: config.NAMESPACE,
    kafka: config.KAFKA_BROKERS,
    zookeeper: config.ZOOKEEPER_SERVERS,
    allowControls,
    logger,
  });
  const connection = createClusterConnection({
    brokers: config.KAFKA_BROKERS,
    clientId: config.POD_NAME,
    patienceMs: LIVE_PATIENCE_MS,
    logger,
  });
  const metrics = createOperatorMetrics({
    listGroups: () => [...controller.groups.values()].map((watch) => watch.snapshot()),
    isKafkaReachable: () => page.readKafka().isReachable,
    readQueueDepth: () => controller.queueDepth,
  });
  const controller = startController({
    namespace: config.NAMESPACE,
    platform,
    connection,
    metrics,
    logger,
    onGroups: () => touchPage(),
  });
  let touchPage: () => void = () => undefined;
  const page = await startLivePage({
    platform,
    connection,
    listGroups: () => controller.groups,
    pageDir: path.resolve(config.PAGE_DIR),
    host: config.HOST,
    port: config.PORT,
    allowedHosts: config.ALLOWED_HOSTS,
    registry: metrics.registry,
    logger,
    health: {
      live: () => ({ ok: true }),
      // Neither Kafka nor the API server: without them the page still shows what was known, and says so.
      ready: () => (controller.hasListed ? { ok: true } : { ok: false, detail: 'the API server has not answered yet' }),
    },
    readApiServer: () => platform.contact,
    ...(allowControls ? {} : { readOnlyReason: READ_ONLY }),
  });
  touchPage = () => page.lab.touch();
  logger.info({ url: page.url, namespace: config.NAMESPACE, allowControls }, `${config.POD_NAME} serves`);

  let stopped: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    page.server.drain();
    await delay(config.DRAIN_MS);
    await Promise.all([page.stop(), controller.stop()]);
    await Promise.all([connection.disconnect(), platform.close()]);
  };
  return { url: page.url, stop: () => (stopped ??= end()) };
}
