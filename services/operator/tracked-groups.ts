import type { ClusterConnection } from '../../kafka/cluster-connection.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { startGroupWatch, type GroupWatch } from '../../live/group-watch.ts';
import type { InClusterPlatform } from '../../platforms/kubernetes/in-cluster-platform.ts';
import type { ControllerReplicas } from '../../platforms/kubernetes/controller-replicas.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { OperatorMetrics } from './operator-metrics.ts';
import { createMemory, type ReconcileMemory } from './reconcile-group.ts';

/** With what groups are watched, and who hears of it. */
export interface TrackedGroupsOptions {
  readonly platform: InClusterPlatform;
  readonly connection: ClusterConnection;
  readonly metrics: OperatorMetrics;
  readonly logger: Logger;
  /** Called when the groups are others than before. */
  readonly onGroups: () => void;
}

/** What is watched for one object, and what is remembered of it. */
export interface TrackedGroup {
  readonly uid: string;
  readonly spec: string;
  readonly watch: GroupWatch;
  readonly replicas: ControllerReplicas;
  readonly memory: ReconcileMemory;
  readonly unsubscribe: () => void;
  /** When its object is looked at again without a change. @default not */
  again?: NodeJS.Timeout;
}

/** The groups that are watched, by the names of the objects that ask for it. */
export class TrackedGroups {
  readonly watches = new Map<string, GroupWatch>();
  readonly #tracked = new Map<string, TrackedGroup>();
  readonly #options: TrackedGroupsOptions;
  readonly #onChange: (name: string) => void;

  constructor(options: TrackedGroupsOptions, onChange: (name: string) => void) {
    this.#options = options;
    this.#onChange = onChange;
  }

  /** What is watched for an object is what its spec says now. */
  async ensure(name: string, consumerGroup: ConsumerGroup): Promise<TrackedGroup> {
    const known = this.#tracked.get(name);
    const isSame = known?.uid === consumerGroup.metadata.uid && known.spec === JSON.stringify(consumerGroup.spec);
    if (known !== undefined && isSame) return known;
    await this.untrack(name);
    const made = this.#track(name, consumerGroup);
    this.#tracked.set(name, made);
    return made;
  }

  async untrack(name: string): Promise<void> {
    const known = this.#tracked.get(name);
    this.#tracked.delete(name);
    this.watches.delete(name);
    if (known === undefined) return;
    clearTimeout(known.again);
    known.unsubscribe();
    this.#options.onGroups();
    await known.watch.stop();
    this.#options.logger.info(`${name} is watched no more`);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#tracked.keys()].map((name) => this.untrack(name)));
  }

  #track(name: string, consumerGroup: ConsumerGroup): TrackedGroup {
    const { platform, connection, metrics, logger, onGroups } = this.#options;
    const { metadata, spec } = consumerGroup;
    const replicas = platform.watchReplicas(spec.deployment);
    const watch = startGroupWatch({
      groupId: spec.groupId,
      topic: spec.topic,
      deployment: spec.deployment,
      ...(spec.receiptsTopic !== undefined && { receiptsTopic: spec.receiptsTopic }),
      connection,
      replicas,
      scaleDownOrder: 'kubernetes',
      logger,
    });
    const unsubscribe = watch.subscribe(() => this.#onChange(name));
    this.watches.set(name, watch);
    metrics.declareGroup(spec.groupId);
    onGroups();
    logger.info({ group: spec.groupId, topic: spec.topic, deployment: spec.deployment }, `${name} is watched`);
    const memory = createMemory(consumerGroup);
    return { uid: metadata.uid, spec: JSON.stringify(spec), watch, replicas, memory, unsubscribe };
  }
}
