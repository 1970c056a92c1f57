import type { KubernetesObject } from '@kubernetes/client-node';
import { CONSUMER_GROUP_KIND } from '../../lib/contracts/consumer-group.ts';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import type { GroupWatch } from '../../live/group-watch.ts';
import { removeMember } from '../../kafka/remove-member.ts';
import { applyDeletionCost, applyEvent, applyStatus } from '../../platforms/kubernetes/apply.ts';
import { watchResource, type WatchedResource } from '../../platforms/kubernetes/watch-resource.ts';
import { consumerGroupSchema, type ConsumerGroup } from './consumer-group.ts';
import type { OperatorMetrics } from './operator-metrics.ts';
import { reconcileGroup, type ClusterWriter, type GroupSight } from './reconcile-group.ts';
import { TrackedGroups, type TrackedGroup, type TrackedGroupsOptions } from './tracked-groups.ts';
import { createWorkQueue } from './work-queue.ts';

/** Whose ConsumerGroups are watched, and with what. */
export interface ControllerOptions extends TrackedGroupsOptions {
  readonly namespace: string;
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

/** Everything is looked at again this often, whatever was or was not told. */
const RESYNC_MS = 10_000;

/** Begins to watch; what it finds is reconciled as soon as it is listed. */
export function startController(options: ControllerOptions): Controller {
  const { metrics, logger } = options;
  const { client } = options.platform;
  const tracked = new TrackedGroups(options, (name) => queue.add(name));
  const writer: ClusterWriter = {
    writeStatus: (about, status) => applyStatus(client, CONSUMER_GROUP_KIND, about, status),
    writeEvent: (event) => applyEvent(client, event),
    writeDeletionCost: (pod, cost) => applyDeletionCost(client, pod, cost),
    async removeMember(groupId, { memberId, groupInstanceId, clientId }) {
      await removeMember(options.connection, { groupId, memberId, groupInstanceId });
      logger.info({ group: groupId }, `${clientId} is removed from the group: its StatefulSet was scaled down`);
    },
  };
  const objects = watchConsumerGroups(options, (name) => queue.add(name));
  const find = (name: string): ConsumerGroup | undefined => {
    const object = objects.list().find(({ metadata }) => metadata?.name === name);
    return object && consumerGroupSchema.parse(object);
  };

  const reconcile = async (name: string): Promise<void> => {
    const consumerGroup = find(name);
    if (consumerGroup === undefined) {
      await tracked.untrack(name);
      return;
    }
    const known = await tracked.ensure(name, consumerGroup);
    const sight = await look(known);
    if (sight === undefined) return;
    const againAfterMs = await reconcileGroup({
      consumerGroup,
      sight,
      memory: known.memory,
      writer,
      now: Date.now(),
      onRebalance: (rebalance) => metrics.countRebalance(consumerGroup.spec.groupId, rebalance),
    });
    clearTimeout(known.again);
    if (againAfterMs !== undefined) known.again = setTimeout(() => queue.add(name), againAfterMs);
  };

  const queue = createWorkQueue({
    process: (name) => measure(metrics, () => reconcile(name)),
    onError: (name, error, againInMs) =>
      logger.warn(`${name} is reconciled again in ${String(againInMs)} ms: ${messageOf(error)}`),
  });
  let hasListed = false;
  const resync = (): void => {
    for (const { metadata } of objects.list()) queue.add(metadata?.name ?? '');
    for (const name of tracked.watches.keys()) queue.add(name);
  };
  objects.start();
  void objects.whenListed.then(() => {
    hasListed = true;
    resync();
  });
  const resyncing = setInterval(resync, RESYNC_MS);

  return {
    groups: tracked.watches,
    get queueDepth() {
      return queue.depth;
    },
    get hasListed() {
      return hasListed;
    },
    async stop() {
      clearInterval(resyncing);
      await Promise.all([objects.stop(), queue.stop()]);
      await tracked.stop();
    },
  };
}

function watchConsumerGroups(
  { namespace, platform: { client }, logger }: ControllerOptions,
  onChange: (name: string) => void,
): WatchedResource<KubernetesObject> {
  const { group, version, plural } = CONSUMER_GROUP_KIND;
  return watchResource<KubernetesObject>({
    client,
    path: `/apis/${group}/${version}/namespaces/${namespace}/${plural}`,
    labelSelector: '',
    list: () =>
      client.custom.listNamespacedCustomObject({ group, version, plural, namespace }) as Promise<{
        items: KubernetesObject[];
      }>,
    what: `the consumer groups of namespace ${namespace}`,
    onChange: ({ object }) => onChange(object.metadata?.name ?? ''),
    logger,
  });
}

/** What is seen of a group now; nothing as long as not enough is known to write it down. */
async function look({ watch, replicas, memory }: TrackedGroup): Promise<GroupSight | undefined> {
  const group = watch.snapshot();
  // Nothing is known yet: what a former operator has written is better.
  if (group.state === 'Unknown' && watch.contact.since > Date.now() - RESYNC_MS) return undefined;
  const [listed, controller] = await Promise.all([replicas.list(), replicas.findController()]);
  const hasSeenPods = group.pods.length > 0 || listed.length === 0;
  // The watch has yet to list them, and tells when it has.
  if (memory.status === undefined && !hasSeenPods) return undefined;
  return { group, contact: watch.contact, replicas: listed, controller };
}

async function measure(metrics: OperatorMetrics, reconcile: () => Promise<void>): Promise<void> {
  const stopTimer = metrics.reconcileDuration.startTimer();
  try {
    await reconcile();
    metrics.reconciles.inc({ result: 'success' });
  } catch (error) {
    metrics.reconciles.inc({ result: 'error' });
    // Anything else is an object that is not understood.
    if (error instanceof AppError) metrics.apiErrors.inc();
    throw error;
  } finally {
    stopTimer();
  }
}
