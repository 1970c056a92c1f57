/**
 * The lab as a process in one of its own pods sees it: pods are reached by their addresses, nothing is run in them, and
 * what may be done is what the service account may do.
 */
import { isIPv6 } from 'node:net';
import type { V1Pod } from '@kubernetes/client-node';
import { PORTS } from '../../lib/contracts/addresses.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { Contact } from '../contact.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Platform, PlatformWith } from '../platform.ts';
import { describeScaling, findController, watchControllers, type WatchedControllers } from './controllers.ts';
import { ReplicasByController, type ControllerReplicas } from './controller-replicas.ts';
import { locatePods } from './collections.ts';
import { createInClusterClient, type KubeClient } from './kube-client.ts';
import { readName, readWorkload } from './lab-pods.ts';
import { createNodeZones } from './node-zones.ts';
import { readController } from './pod-controller.ts';
import { ReplicaEvents } from './replica-events.ts';
import { createReplicaListing } from './replica-listing.ts';
import { scaleController } from './scale-controller.ts';
import { watchResource, type WatchedResource } from './watch-resource.ts';
import { isScalable } from '../../lib/contracts/replica.ts';

/** Which lab is seen from within, and what may be done to it. */
interface InClusterPlatformOptions {
  readonly namespace: string;
  /** Bootstrap servers. */
  readonly kafka: readonly string[];
  /** `host:port` of each ZooKeeper server by its ordinal. */
  readonly zookeeper: readonly string[];
  /** Whether this process may scale and delete. */
  readonly allowControls: boolean;
  readonly logger: Logger;
  /** @default createInClusterClient() */
  readonly client?: KubeClient;
}

/** The lab as a pod of the cluster sees it, with what only the operator needs of it. */
export interface InClusterPlatform extends Platform {
  readonly client: KubeClient;
  /** Whether the API server answers. */
  readonly contact: Contact;
  /** The replicas of a Deployment or StatefulSet of the namespace; their workload is `consumer`. */
  watchReplicas(controller: string): ControllerReplicas;
  close(): Promise<void>;
}

/** The pod is gone for the API server at once; its process gets two seconds even so, in which a consumer leaves its group. */
const AT_ONCE = 0;

/** Begins to watch. Nothing is waited for: an API server that is away is asked until it is back. */
export function startInClusterPlatform(options: InClusterPlatformOptions): InClusterPlatform {
  const { namespace, allowControls, logger, client = createInClusterClient() } = options;
  const shared = { client, logger };
  const controllers = watchControllers({
    ...shared,
    namespace,
    onScaled: ({ name, workload, replicas }, before) => {
      const scaling = describeScaling(workload ?? 'consumer', before, replicas);
      byController.tellScaled(name, scaling);
      if (workload !== undefined) events.emit(scaling);
    },
  });
  const pods = watchResource<V1Pod>({
    ...shared,
    ...locatePods(client, namespace),
    onChange: (change) => events.takeChange(change),
  });
  const listing = createReplicaListing({
    pods,
    // Pods of other controllers are consumers of whoever watches these.
    readRole: (pod) => readWorkload(pod) ?? (readController(pod) === undefined ? undefined : 'consumer'),
    zones: createNodeZones(client, logger),
    readLife: () => Promise.resolve(undefined),
    readUrl,
    onDescribed: (described) => events.notice(described),
  });
  const events = new ReplicaEvents({
    describe: (pod) => listing.describe(pod),
    findPod: (uid) => listing.find(uid),
    logger,
  });
  const byController = new ReplicasByController({ pods, controllers, listing, events });
  pods.start();
  controllers.start();

  const emit = (event: PlatformEvent): void => events.emit(event);

  return {
    name: 'kubernetes',
    client,
    addresses: {
      kafka: options.kafka,
      zookeeper: options.zookeeper,
      producer: `http://producer:${String(PORTS.producer)}`,
      consumer: `http://consumer:${String(PORTS.consumer)}`,
    },
    scaleDownOrder: 'kubernetes',
    hasLastingUrls: true,
    get contact() {
      return pods.contact;
    },
    listReplicas: (workload) => listing.list(workload),
    readScale: (workload) => Promise.resolve(findController(controllers.list(), workload)?.replicas),
    ...(allowControls && createControls({ client, namespace, pods, controllers, emit })),
    subscribe: (listener) => events.subscribe(listener),
    watchReplicas: (controller) => byController.of(controller),
    async close() {
      await Promise.all([pods.stop(), controllers.stop()]);
      events.stop();
      await client.close();
    },
  };
}

/** A pod's address is reached by itself from within the cluster. */
function readUrl(pod: V1Pod): Promise<string | undefined> {
  const workload = readWorkload(pod);
  const address = pod.status?.podIP;
  if (!isScalable(workload) || !address) return Promise.resolve(undefined);
  const host = isIPv6(address) ? `[${address}]` : address;
  return Promise.resolve(`http://${host}:${String(PORTS[workload])}`);
}

interface Controlled {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly pods: WatchedResource<V1Pod>;
  readonly controllers: WatchedControllers;
  readonly emit: (event: PlatformEvent) => void;
}

const FAULT_KINDS: PlatformWith<'faults'>['faultKinds'] = {
  producer: ['kill'],
  consumer: ['kill'],
  kafka: [],
  zookeeper: [],
};

/** What the service account may do. */
function createControls(lab: Controlled): Pick<PlatformWith<'scale' | 'faults'>, 'scale' | 'faultKinds' | 'inject'> {
  const { client, namespace, pods, emit } = lab;
  return {
    scale: (workload, replicas) => scaleController(lab, workload, replicas),
    faultKinds: FAULT_KINDS,
    async inject({ kind, target }) {
      const pod = pods.list().find((candidate) => readName(candidate) === target);
      const workload = pod && readWorkload(pod);
      if (pod === undefined || workload === undefined) {
        throw new AppError('no-such-target', `there is no replica ${target} in namespace ${namespace}`);
      }
      if (!FAULT_KINDS[workload].includes(kind)) {
        throw new AppError('unsupported-by-platform', `a ${workload} cannot take "${kind}" from within the cluster`);
      }
      const at = Date.now();
      await client.call(`delete pod ${target}`, () =>
        client.core.deleteNamespacedPod({
          namespace,
          name: target,
          gracePeriodSeconds: AT_ONCE,
        }),
      );
      emit({ at, kind: 'fault', fault: { kind, target } });
    },
  };
}
