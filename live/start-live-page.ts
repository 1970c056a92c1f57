/** The live page of a lab: what watches it, and the server that shows it. */
import type { Registry } from 'prom-client';
import { createHttpApp } from '../lib/http/create-http-app.ts';
import { readPageFiles } from '../lib/http/page-files.ts';
import type { HealthChecks } from '../lib/http/health.ts';
import { startHttpServer, type HttpServer } from '../lib/http/start-http-server.ts';
import type { ClusterConnection } from '../kafka/cluster-connection.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import type { Platform } from '../platforms/platform.ts';
import { startClusterWatch } from './cluster-watch.ts';
import type { Contact } from '../platforms/contact.ts';
import type { GroupWatch } from './group-watch.ts';
import { createLabWatch, type LabWatch } from './lab-watch.ts';
import { buildLiveRoutes } from './live-routes.ts';
import { startServiceSettings } from './service-settings.ts';

interface LivePageOptions {
  readonly platform: Platform;
  readonly connection: ClusterConnection;
  readonly listGroups: () => ReadonlyMap<string, GroupWatch>;
  /** Folder of the built page. */
  readonly pageDir: string;
  readonly host: string;
  readonly port: number;
  /** Names accepted in the Host header beside localhost and addresses. */
  readonly allowedHosts: readonly string[];
  readonly registry: Registry;
  readonly logger: Logger;
  /** @default both are well */
  readonly health?: HealthChecks;
  readonly readApiServer?: () => Contact;
  readonly readOnlyReason?: string;
}

interface LivePage {
  readonly url: string;
  readonly lab: LabWatch;
  /** Whether Kafka answered at the last look. */
  readKafka(): Contact;
  server: HttpServer;
  stop(): Promise<void>;
}

/**
 * How long the connection of a page is to try again, in milliseconds: what is shown is to be true within a second or two,
 * and brokers that do not answer are told soon.
 */
export const LIVE_PATIENCE_MS = 1500;

const WELL = (): { ok: true } => ({ ok: true });

/** @throws AppError `missing-requirement`, `port-in-use` */
export async function startLivePage(options: LivePageOptions): Promise<LivePage> {
  const { platform, connection, listGroups, logger, registry, readOnlyReason, readApiServer } = options;
  const page = await readPageFiles(options.pageDir);
  const cluster = startClusterWatch({ connection, platform, logger });
  const settings = startServiceSettings({ listReady: (workload) => cluster.listReady(workload), logger });
  const reason = readOnlyReason === undefined ? {} : { readOnlyReason };
  const lab = createLabWatch({
    platform,
    cluster,
    settings,
    listGroups,
    ...reason,
    ...(readApiServer && { readApiServer }),
  });
  const app = createHttpApp({
    title: 'Live page',
    version: '1',
    description: 'The lab as it is: who owns which partition, what waits, and why the last rebalances happened.',
    routes: buildLiveRoutes({ lab, platform, settings, ...reason }),
    page,
    health: options.health ?? { live: WELL, ready: WELL },
    registry,
    allowedHosts: options.allowedHosts,
    logger,
  });
  const stopWatching = async (): Promise<void> => {
    await Promise.all([settings.stop(), cluster.stop()]);
  };
  try {
    const server = await startHttpServer(app, { host: options.host, port: options.port });
    return {
      url: server.url,
      lab,
      server,
      readKafka: () => cluster.snapshot().kafka,
      async stop() {
        await server.stop();
        await stopWatching();
      },
    };
  } catch (error) {
    await stopWatching();
    throw error;
  }
}
