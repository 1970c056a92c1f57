import path from 'node:path';
import { Registry } from 'prom-client';
import { PORTS } from '../lib/contracts/addresses.ts';
import { APP_GROUP } from '../lib/contracts/topics.ts';
import { createClusterConnection } from '../kafka/cluster-connection.ts';
import { LIVE_PATIENCE_MS, startLivePage } from '../live/start-live-page.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import { requireFreePort } from '../platforms/local/ports.ts';
import type { Platform } from '../platforms/platform.ts';
import { watchAppGroup } from '../live/watch-app-group.ts';

const PAGE_DIR = path.resolve(import.meta.dirname, '../web/dist');
const READ_ONLY = 'this page only shows: the lab was started with --read-only';

export interface ServeLivePageOptions {
  /** 8080, or any that is free. */
  readonly ports: 'fixed' | 'auto';
  /** Whether the page only shows. @default false */
  readonly isReadOnly?: boolean;
  readonly logger: Logger;
}

export interface ServedPage {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves the live page of a local lab, on loopback.
 *
 * @throws AppError `missing-requirement` when the page is not built, `port-in-use`
 */
export async function serveLivePage(
  platform: Platform,
  { ports, isReadOnly = false, logger }: ServeLivePageOptions,
): Promise<ServedPage> {
  if (ports === 'fixed') await requireFreePort(PORTS.page, 'the live page');
  const connection = createClusterConnection({
    brokers: platform.addresses.kafka,
    clientId: 'lab-page',
    patienceMs: LIVE_PATIENCE_MS,
    logger,
  });
  const group = watchAppGroup(platform, connection, logger);
  const groups = new Map([[APP_GROUP, group]]);
  const stopWatching = async (): Promise<void> => {
    await group.stop();
    await connection.disconnect();
  };
  try {
    const page = await startLivePage({
      platform,
      connection,
      listGroups: () => groups,
      pageDir: PAGE_DIR,
      host: '127.0.0.1',
      port: ports === 'auto' ? 0 : PORTS.page,
      allowedHosts: [],
      registry: new Registry(),
      logger,
      ...(isReadOnly && { readOnlyReason: READ_ONLY }),
    });
    return {
      url: page.url,
      async stop() {
        await page.stop();
        await stopWatching();
      },
    };
  } catch (error) {
    await stopWatching();
    throw error;
  }
}
