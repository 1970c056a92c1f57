import { APP_GROUP, APP_TOPIC, RECEIPTS_TOPIC } from '../lib/contracts/topics.ts';
import type { ClusterConnection } from '../kafka/cluster-connection.ts';
import { startGroupWatch, type GroupWatch } from './group-watch.ts';
import { createReplicaSource } from './replica-source.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import type { Platform } from '../platforms/platform.ts';

/** Watches the lab's own group, wherever the lab runs. */
export function watchAppGroup(platform: Platform, connection: ClusterConnection, logger: Logger): GroupWatch {
  return startGroupWatch({
    groupId: APP_GROUP,
    topic: APP_TOPIC,
    receiptsTopic: RECEIPTS_TOPIC,
    deployment: 'consumer',
    connection,
    replicas: createReplicaSource(platform, 'consumer'),
    scaleDownOrder: platform.scaleDownOrder,
    logger,
  });
}
