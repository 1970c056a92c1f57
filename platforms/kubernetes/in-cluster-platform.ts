/**
 * The lab as a process in one of its own pods sees it: pods are reached by their addresses, nothing is run in them, and
 * what may be done is what the service account may do.
 */
import { EventEmitter } from 'node:events';
import { isIPv6 } from 'node:net';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { PORTS } from '../../lib/contracts/addresses.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { Contact } from '../contact.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Fault, Replica, ScalableWorkload } from '../../lib/contracts/replica.ts';
import type { Platform, PlatformWith } from '../platform.ts';
import { readReplicas, readScalingOf, readWantedReplicas, scaleDeployment } from './deployment-scale.ts';
import { locateDeployments, locatePods } from './collections.ts';
import { createInClusterClient, type KubeClient } from './kube-client.ts';
import { compareCreation, isReplica, readName, readWorkload } from './lab-pods.ts';
import { createNodeZones } from './node-zones.ts';
import { readDeployment } from './pod-deployment.ts';
import { ReplicaEvents } from './replica-events.ts';
import { createReplicaListing } from './replica-listing.ts';
import { watchResource } from './watch-resource.ts';

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

/** The replicas of one Deployment, whoever made it. */
export interface DeploymentReplicas {
  /** @throws AppError when the API server has to be asked and does not answer */
  list(): Promise<readonly Replica[]>;
  /**
   * Nothing when there is no such Deployment.
   *
   * @throws AppError as `list`
   */
  readWanted(): Promise<number | undefined>;
  subscribe(listener: (event: PlatformEvent) => void): () => void;
}

/** The lab as a pod of the cluster sees it, with what only the operator needs of it. */
export interface InClusterPlatform extends Platform {
  readonly client: KubeClient;
  /** Whether the API server answers. */
  readonly contact: Contact;
  /** The replicas of a Deployment of the namespace; their workload is `consumer`. */
  watchDeployment(name: string): DeploymentReplicas;
  close(): Promise<void>;
}

/** The pod is gone for the API server at once; its process gets two seconds even so, in which a consumer leaves its group. */
const AT_ONCE = 0;

/** Begins to watch. Nothing is waited for: an API server that is away is asked until it is back. */
export function startInClusterPlatform(options: InClusterPlatformOptions): InClusterPlatform {
  const { namespace, allowControls, logger, client = createInClusterClient() } = options;
  const scalings = new EventEmitter<{ scaled: [string, PlatformEvent] }>().setMaxListeners(1000);
  const shared = { client, logger };
  const deployments = watchResource<V1Deployment>({
    ...shared,
    ...locateDeployments(client, namespace),
    onChange: (change) => {
      const workload = readWorkload(change.object);
      const scaling = readScalingOf(change, workload ?? 'consumer');
      if (scaling === undefined) return;
      scalings.emit('scaled', change.object.metadata?.name ?? '', scaling);
      if (workload !== undefined) events.emit(scaling);
    },
  });
  const pods = watchResource<V1Pod>({
    ...shared,
    ...locatePods(client, namespace),
    onChange: (change) => events.takeChange(change),
  });
  const readUrl = (pod: V1Pod): Promise<string | undefined> => {
    const workload = readWorkload(pod);
    const address = pod.status?.podIP;
    const isService = workload === 'producer' || workload === 'consumer';
    if (!isService || !address) return Promise.resolve(undefined);
    const host = isIPv6(address) ? `[${address}]` : address;
    return Promise.resolve(`http://${host}:${String(PORTS[workload])}`);
  };
  const listing = createReplicaListing({
    pods,
    // Pods of other Deployments are consumers of whoever watches these.
    readRole: (pod) => readWorkload(pod) ?? (readDeployment(pod) === undefined ? undefined : 'consumer'),
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
  pods.start();
  deployments.start();

  const faultKinds: PlatformWith<'faults'>['faultKinds'] = {
    producer: ['kill'],
    consumer: ['kill'],
    kafka: [],
    zookeeper: [],
  };
  const inject = async ({ kind, target }: Fault): Promise<void> => {
    const pod = pods.list().find((candidate) => readName(candidate) === target);
    const workload = pod && readWorkload(pod);
    if (pod === undefined || workload === undefined) {
      throw new AppError('no-such-target', `there is no replica ${target} in namespace ${namespace}`);
    }
    if (!faultKinds[workload].includes(kind)) {
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
    events.emit({ at, kind: 'fault', fault: { kind, target } });
  };
  const controls = {
    scale: (workload: ScalableWorkload, replicas: number) =>
      scaleDeployment({ client, namespace, deployments }, workload, replicas),
    faultKinds,
    inject,
  };

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
    readScale: (workload) => Promise.resolve(readWantedReplicas(deployments.list(), workload)),
    ...(allowControls && controls),
    subscribe: (listener) => events.subscribe(listener),
    watchDeployment(name) {
      const isOf = createPodNameTest(name);
      return {
        async list() {
          const all = await pods.listFresh();
          const listed = all.filter((pod) => isReplica(pod) && readDeployment(pod) === name);
          const described = await Promise.all(listed.toSorted(compareCreation).map((pod) => listing.describe(pod)));
          return described.flatMap((one) => (one === undefined ? [] : [one.replica]));
        },
        async readWanted() {
          const deployment = (await deployments.listFresh()).find(({ metadata }) => metadata?.name === name);
          return deployment && readReplicas(deployment);
        },
        subscribe(listener) {
          const onScaled = (deployment: string, event: PlatformEvent): void => {
            if (deployment === name) listener(event);
          };
          scalings.on('scaled', onScaled);
          const unsubscribe = events.subscribe((event) => {
            if (event.kind !== 'scaled' && event.kind !== 'node' && isOf(readTarget(event))) listener(event);
          });
          return () => {
            scalings.off('scaled', onScaled);
            unsubscribe();
          };
        },
      };
    },
    async close() {
      await Promise.all([pods.stop(), deployments.stop()]);
      events.stop();
      await client.close();
    },
  };
}

/** The API server cuts what it appends five characters to (kubernetes/kubernetes, apiserver/pkg/storage/names). */
const LONGEST_BASE = 58;

/** Pods of a Deployment are named after it, the hash of their template, and five characters. */
function createPodNameTest(deployment: string): (pod: string) => boolean {
  const prefix = `${deployment}-`.slice(0, LONGEST_BASE);
  return (pod) => {
    const base = pod.slice(0, -5);
    const hash = base.length === LONGEST_BASE ? /^[a-z0-9]*-?$/ : /^[a-z0-9]+-$/;
    return base.startsWith(prefix) && hash.test(base.slice(prefix.length)) && /^[a-z0-9]{5}$/.test(pod.slice(-5));
  };
}

function readTarget(event: Exclude<PlatformEvent, { kind: 'scaled' | 'node' }>): string {
  return event.kind === 'fault' ? event.fault.target : event.replica.name;
}
