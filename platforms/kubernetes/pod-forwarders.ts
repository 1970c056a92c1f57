import type { V1Pod } from '@kubernetes/client-node';
import { PORTS } from '../../lib/contracts/addresses.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { ScalableWorkload } from '../../lib/contracts/replica.ts';
import type { KubeClient } from './kube-client.ts';
import { readName, readUid, readWorkload } from './lab-pods.ts';
import { connectToPod } from './pod-connection.ts';
import { startForwarder, type Forwarder } from '../forwarder.ts';
import { readPhase } from './read-phase.ts';
import type { WatchedResource } from './watch-resource.ts';

interface PodForwardersOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly pods: WatchedResource<V1Pod>;
  readonly logger: Logger;
}

/** The ways from this machine to the services: one to each service as a whole, one to each of its pods. */
export interface PodForwarders {
  /** Base URL of a service: each connection goes to one of its ready pods. */
  readonly urls: Readonly<Record<ScalableWorkload, string>>;
  /** Base URL of one pod of a service, ready or not; opened when first asked for. Nothing for other pods. */
  open(pod: V1Pod): Promise<string | undefined>;
  /** `host:port` of each ZooKeeper server that there is a pod of now, by its ordinal. */
  openZooKeeper(): Promise<readonly string[]>;
  /** For a pod that is gone. */
  close(uid: string): void;
  stop(): Promise<void>;
}

/** Opens the two ways to the services as a whole. */
export async function startPodForwarders(options: PodForwardersOptions): Promise<PodForwarders> {
  const { client, namespace, pods, logger } = options;
  const forward = (workload: ScalableWorkload | 'zookeeper', listPods: () => readonly string[]): Promise<Forwarder> =>
    startForwarder({
      listTargets: listPods,
      connect: (pod) => connectToPod(client, { namespace, pod, port: PORTS[workload] }),
      logger,
    });
  const forwardReady = (workload: ScalableWorkload): Promise<Forwarder> =>
    forward(workload, () => {
      const ready = pods.list().filter((pod) => readWorkload(pod) === workload && readPhase(pod).phase === 'ready');
      return ready.map(readName).toSorted();
    });
  const producer = await forwardReady('producer');
  const consumer = await forwardReady('consumer');
  const ofPods = new Map<string, Promise<Forwarder>>();
  let servers: readonly Forwarder[] = [];
  return {
    urls: { producer: producer.url, consumer: consumer.url },
    async open(pod) {
      const workload = readWorkload(pod);
      if (workload !== 'producer' && workload !== 'consumer') return undefined;
      const uid = readUid(pod);
      let forwarder = ofPods.get(uid);
      if (forwarder === undefined) {
        forwarder = forward(workload, () => [readName(pod)]);
        ofPods.set(uid, forwarder);
      }
      return (await forwarder).url;
    },
    async openZooKeeper() {
      const names = pods
        .list()
        .filter((pod) => readWorkload(pod) === 'zookeeper')
        .map(readName);
      const ordered = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
      // By name, which a server keeps when its pod is replaced.
      servers = await Promise.all(ordered.map((name) => forward('zookeeper', () => [name])));
      return servers.map(({ url }) => new URL(url).host);
    },
    close(uid) {
      const forwarder = ofPods.get(uid);
      ofPods.delete(uid);
      void forwarder?.then((running) => running.stop());
    },
    async stop() {
      const all = [producer, consumer, ...servers, ...(await Promise.all(ofPods.values()))];
      ofPods.clear();
      await Promise.all(all.map((forwarder) => forwarder.stop()));
    },
  };
}
