/** Before the first integration test: one real ensemble with brokers and services for the whole run. */
import path from 'node:path';
import { createLogger } from '../../lib/log/create-logger.ts';
import { CONTROL_SOCKET } from '../../platforms/local/control.ts';
import { serveControl } from '../../platforms/local/control-server.ts';
import { startLocalPlatform, type LocalPlatform } from '../../platforms/local/local-platform.ts';
import { CACHE_DIR, CLUSTER_DIR } from './test-cluster.ts';

interface Running {
  labCluster?: { platform: LocalPlatform; closeControl: () => Promise<void> };
}

export default async function startCluster(): Promise<void> {
  const logger = createLogger({ format: 'text', level: 'error' });
  const platform = await startLocalPlatform({
    dataDir: CLUSTER_DIR,
    cacheDir: CACHE_DIR,
    ports: 'auto',
    fresh: true,
    logger,
    tell: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  const closeControl = await serveControl(platform, path.join(CLUSTER_DIR, CONTROL_SOCKET), () => platform.stop());
  (globalThis as Running).labCluster = { platform, closeControl };
}
