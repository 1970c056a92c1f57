import type { V1Pod } from '@kubernetes/client-node';
import { SCALABLE_WORKLOADS, WORKLOADS } from '../../lib/contracts/replica.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { locatePods } from './collections.ts';
import { describeScaling, watchControllers } from './controllers.ts';
import type { DescribedReplica } from './describe-replica.ts';
import type { KubeClient } from './kube-client.ts';
import { readUid, selectWorkloads } from './lab-pods.ts';
import { createLives } from './lives.ts';
import { createNodeZones } from './node-zones.ts';
import { startPodForwarders } from './pod-forwarders.ts';
import { ReplicaEvents } from './replica-events.ts';
import { createReplicaListing } from './replica-listing.ts';
import { watchResource } from './watch-resource.ts';

/** Which lab is watched, and by which client. */
export interface WatchLabOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** How long what a watch has missed may go unnoticed, in milliseconds. @default as of the watch */
  readonly relistMs?: number;
  readonly logger: Logger;
}

/** Begins to watch the lab's pods, and what keeps them running, from outside the cluster; its services are reached through forwarders. */
export async function watchLab(options: WatchLabOptions) {
  const { client, namespace, logger } = options;
  const shared = { client, logger, ...(options.relistMs === undefined ? {} : { relistMs: options.relistMs }) };
  const controllers = watchControllers({
    ...shared,
    namespace,
    labelSelector: selectWorkloads(SCALABLE_WORKLOADS),
    onScaled: ({ workload, replicas }, before) => {
      if (workload !== undefined) events.emit(describeScaling(workload, before, replicas));
    },
  });
  const pods = watchResource<V1Pod>({
    ...shared,
    ...locatePods(client, namespace, selectWorkloads(WORKLOADS)),
    onChange: (change) => {
      if (change.kind === 'removed') {
        lives.forget(readUid(change.object));
        forwarders.close(readUid(change.object));
      }
      events.takeChange(change);
    },
  });
  const zones = createNodeZones(client, logger);
  const lives = createLives({ client, namespace, logger });
  const forwarders = await startPodForwarders({ client, namespace, pods, logger });
  const events = new ReplicaEvents({
    describe: (pod) => listing.describe(pod),
    findPod: (uid) => listing.find(uid),
    logger,
  });
  const onDescribed = (described: DescribedReplica): void => events.notice(described);
  const listing = createReplicaListing({
    pods,
    zones,
    readLife: (pod) => lives.read(pod),
    readUrl: (pod) => forwarders.open(pod),
    onDescribed,
  });

  // Only now there is somebody to take in what they tell.
  pods.start();
  controllers.start();
  return {
    pods,
    controllers,
    lives,
    forwarders,
    events,
    listing,
    async stop(): Promise<void> {
      const stopping = [forwarders.stop(), pods.stop(), controllers.stop()];
      events.stop();
      await Promise.all(stopping);
    },
  };
}
