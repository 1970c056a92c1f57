import { CONTEXT, NAMESPACE } from '../../lib/contracts/addresses.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Workload } from '../../lib/contracts/replica.ts';
import type { Capability, PlatformWith } from '../platform.ts';
import { findController } from './controllers.ts';
import { drainNode, uncordonNode } from './drain-node.ts';
import { injectFault, KUBERNETES_FAULT_KINDS } from './faults.ts';
import { createKubeClient } from './kube-client.ts';
import { findKafkaAddresses, requireLabNamespace } from './lab-namespace.ts';
import { watchLab } from './watch-lab.ts';
import { readKafkaVersion } from './read-kafka-version.ts';
import { readPodLog } from './pod-log.ts';
import { restartRollout } from './restart-rollout.ts';
import { scaleController } from './scale-controller.ts';
import { readServiceVariables } from './service-variables.ts';

/** In which cluster the lab is, and where in it. */
interface KubernetesPlatformOptions {
  /** Context in the kubeconfig. The current one is never used by itself. @default CONTEXT */
  readonly context?: string;
  /** @default NAMESPACE */
  readonly namespace?: string;
  /** @default as kubectl finds it: KUBECONFIG, then ~/.kube/config */
  readonly kubeconfigFile?: string;
  /** How long what a watch has missed may go unnoticed, in milliseconds. @default 30000 */
  readonly relistMs?: number;
  readonly logger: Logger;
}

/** A lab in a Kubernetes cluster, while this process is connected to it. */
export interface KubernetesPlatform extends PlatformWith<Capability> {
  /** Ends the connection; the lab goes on. */
  close(): Promise<void>;
}

/**
 * Connects to the lab in a cluster.
 *
 * @throws AppError `invalid-configuration` when the kubeconfig cannot be read
 * @throws AppError `no-such-target` when the context, the namespace or the lab in it is missing
 * @throws AppError `timed-out`, `process-failed` when the API server does not answer
 */
export async function connectKubernetesPlatform(options: KubernetesPlatformOptions): Promise<KubernetesPlatform> {
  const { context = CONTEXT, namespace = NAMESPACE, kubeconfigFile, logger } = options;
  const client = createKubeClient({ context, ...(kubeconfigFile === undefined ? {} : { kubeconfigFile }) });
  const stops: (() => unknown)[] = [() => client.close()];
  const close = async (): Promise<void> => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  };
  try {
    await requireLabNamespace(client, namespace);
    const kafka = await findKafkaAddresses(client, namespace);
    const lab = await watchLab({ ...options, client, namespace });
    stops.push(() => lab.stop());
    const { pods, controllers, lives, forwarders, events, listing } = lab;
    await Promise.all([pods.listFresh(), controllers.listFresh()]);
    const zookeeper = await forwarders.openZooKeeper();

    const nodes = { client, namespace, emit: (event: PlatformEvent) => events.emit(event) };
    return {
      name: 'kubernetes',
      addresses: { kafka, zookeeper, ...forwarders.urls },
      scaleDownOrder: 'kubernetes',
      // They lead through ports of this process.
      hasLastingUrls: false,
      faultKinds: KUBERNETES_FAULT_KINDS,
      readKafkaVersion: () => Promise.resolve(readKafkaVersion(pods.list())),
      listReplicas: (workload) => listing.list(workload),
      readScale: (workload) => Promise.resolve(findController(controllers.list(), workload)?.replicas),
      scale: (workload, replicas) => scaleController({ client, namespace, controllers }, workload, replicas),
      async inject(fault) {
        await requireLabNamespace(client, namespace);
        await injectFault({ client, namespace, pods, lives }, fault);
        events.emit({ at: Date.now(), kind: 'fault', fault });
        // What a launcher does with its program shows in no pod.
        await listing.look(fault.target);
      },
      async roll(workload, variables) {
        await requireLabNamespace(client, namespace);
        const listReplicas = (which: Workload) => listing.list(which);
        await restartRollout({ client, namespace, listReplicas, controllers }, workload, variables);
      },
      readVariables: (workload, names) => readServiceVariables({ client, namespace, controllers }, workload, names),
      async drain(node) {
        await requireLabNamespace(client, namespace);
        await drainNode(nodes, node);
      },
      async uncordon(node) {
        await requireLabNamespace(client, namespace);
        await uncordonNode(nodes, node);
      },
      readLogs: (replica, logOptions) => readPodLog({ client, namespace, pods, logger }, replica, logOptions),
      subscribe: (listener) => events.subscribe(listener),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
