import type { KubernetesObject } from '@kubernetes/client-node';
import { CONSUMER_GROUP_KIND } from '../../lib/contracts/consumer-group.ts';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import type { ClusterConnection } from '../../kafka/cluster-connection.ts';
import { startGroupWatch, type GroupWatch } from '../../live/group-watch.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { GroupReplica } from '../../groups/group-replica.ts';
import { applyDeletionCost, applyEvent, applyStatus } from '../../platforms/kubernetes/apply.ts';
import type { DeploymentReplicas, InClusterPlatform } from '../../platforms/kubernetes/in-cluster-platform.ts';
import { watchResource } from '../../platforms/kubernetes/watch-resource.ts';
import { consumerGroupSchema, type ConsumerGroup } from './consumer-group.ts';
import type { OperatorMetrics } from './operator-metrics.ts';
import { createMemory, reconcileGroup, type ClusterWriter, type ReconcileMemory } from './reconcile-group.ts';
import { createWorkQueue } from './work-queue.ts';

export interface ControllerOptions {
  readonly namespace: string;
  readonly platform: InClusterPlatform;
  readonly connection: ClusterConnection;
  readonly metrics: OperatorMetrics;
  readonly logger: Logger;
  /** Called when the groups are others than before. */
  readonly onGroups: () => void;
}

/** Watches the ConsumerGroups of a namespace and keeps their status true. */
export interface Controller {
  /** The groups by the names of their objects. */
  readonly groups: ReadonlyMap<string, GroupWatch>;
  readonly queueDepth: number;
  /** Whether the objects were listed yet. */
  readonly hasListed: boolean;
  stop(): Promise<void>;
}

interface Tracked {
  readonly uid: string;
  readonly spec: string;
  readonly watch: GroupWatch;
  readonly replicas: DeploymentReplicas;
  readonly memory: ReconcileMemory;
  readonly unsubscribe: () => void;
  again?: NodeJS.Timeout;
}

/** Everything is looked at again this often, whatever was or was not told. */
const RESYNC_MS = 10_000;

export function startController(options: ControllerOptions): Controller {
  const { namespace, platform, metrics, logger } = options;
  const { client } = platform;
  const { group, version, plural } = CONSUMER_GROUP_KIND;
  const groups = new Map<string, GroupWatch>();
  const tracked = new Map<string, Tracked>();
  const writer: ClusterWriter = {
    writeStatus: (about, status) => applyStatus(client, CONSUMER_GROUP_KIND, about, status),
    writeEvent: (event) => applyEvent(client, event),
    writeDeletionCost: (pod, cost) => applyDeletionCost(client, pod, cost),
  };
  const objects = watchResource<KubernetesObject>({
    client,
    path: `/apis/${group}/${version}/namespaces/${namespace}/${plural}`,
    labelSelector: '',
    list: () =>
      client.custom.listNamespacedCustomObject({ group, version, plural, namespace }) as Promise<{
        items: KubernetesObject[];
      }>,
    what: `the consumer groups of namespace ${namespace}`,
    onChange: ({ object }) => queue.add(object.metadata?.name ?? ''),
    logger,
  });

  const find = (name: string): ConsumerGroup | undefined => {
    const object = objects.list().find(({ metadata }) => metadata?.name === name);
    return object && consumerGroupSchema.parse(object);
  };

  const track = (name: string, { metadata, spec }: ConsumerGroup, memory: ReconcileMemory): Tracked => {
    const replicas = platform.watchDeployment(spec.deployment);
    const watch = startGroupWatch({
      groupId: spec.groupId,
      topic: spec.topic,
      deployment: spec.deployment,
      ...(spec.receiptsTopic !== undefined && { receiptsTopic: spec.receiptsTopic }),
      connection: options.connection,
      replicas,
      scaleDownOrder: 'kubernetes',
      logger,
    });
    const unsubscribe = watch.subscribe(() => queue.add(name));
    groups.set(name, watch);
    metrics.declareGroup(spec.groupId);
    options.onGroups();
    logger.info({ group: spec.groupId, topic: spec.topic, deployment: spec.deployment }, `${name} is watched`);
    return { uid: metadata.uid, spec: JSON.stringify(spec), watch, replicas, memory, unsubscribe };
  };

  const untrack = async (name: string): Promise<void> => {
    const known = tracked.get(name);
    tracked.delete(name);
    groups.delete(name);
    if (known === undefined) return;
    clearTimeout(known.again);
    known.unsubscribe();
    options.onGroups();
    await known.watch.stop();
    logger.info(`${name} is watched no more`);
  };

  /** What is watched for an object is what its spec says now. */
  const ensureTracked = async (name: string, consumerGroup: ConsumerGroup): Promise<Tracked> => {
    const known = tracked.get(name);
    const isSame = known?.uid === consumerGroup.metadata.uid && known.spec === JSON.stringify(consumerGroup.spec);
    if (known !== undefined && isSame) return known;
    await untrack(name);
    const made = track(name, consumerGroup, createMemory(consumerGroup));
    tracked.set(name, made);
    return made;
  };

  const reconcile = async (name: string): Promise<void> => {
    const consumerGroup = find(name);
    if (consumerGroup === undefined) {
      await untrack(name);
      return;
    }
    const known = await ensureTracked(name, consumerGroup);
    const snapshot = known.watch.snapshot();
    // Nothing is known yet: what a former operator has written is better.
    if (snapshot.state === 'Unknown' && known.watch.contact.since > Date.now() - RESYNC_MS) return;
    const replicas: readonly GroupReplica[] = await known.replicas.list();
    const hasSeenPods = snapshot.pods.length > 0 || replicas.length === 0;
    // The watch has yet to list them, and tells when it has.
    if (known.memory.status === undefined && !hasSeenPods) return;
    const againAfterMs = await reconcileGroup({
      consumerGroup,
      sight: { group: snapshot, contact: known.watch.contact, replicas },
      memory: known.memory,
      writer,
      now: Date.now(),
      onRebalance: (rebalance) => metrics.countRebalance(consumerGroup.spec.groupId, rebalance),
    });
    clearTimeout(known.again);
    if (againAfterMs !== undefined) known.again = setTimeout(() => queue.add(name), againAfterMs);
  };

  const queue = createWorkQueue({
    async process(name) {
      const stopTimer = metrics.reconcileDuration.startTimer();
      try {
        await reconcile(name);
        metrics.reconciles.inc({ result: 'success' });
      } catch (error) {
        metrics.reconciles.inc({ result: 'error' });
        // Anything else is an object that is not understood.
        if (error instanceof AppError) metrics.apiErrors.inc();
        throw error;
      } finally {
        stopTimer();
      }
    },
    onError: (name, error, againInMs) =>
      logger.warn(`${name} is reconciled again in ${String(againInMs)} ms: ${messageOf(error)}`),
  });
  let hasListed = false;
  const resync = (): void => {
    for (const { metadata } of objects.list()) queue.add(metadata?.name ?? '');
    for (const name of tracked.keys()) queue.add(name);
  };
  objects.start();
  void objects.whenListed.then(() => {
    hasListed = true;
    resync();
  });
  const resyncing = setInterval(resync, RESYNC_MS);

  return {
    groups,
    get queueDepth() {
      return queue.depth;
    },
    get hasListed() {
      return hasListed;
    },
    async stop() {
      clearInterval(resyncing);
      await Promise.all([objects.stop(), queue.stop()]);
      await Promise.all([...tracked.keys()].map(untrack));
    },
  };
}
