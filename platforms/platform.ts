/** The port between the lab and where it runs. Both platforms implement it and pass one contract suite. */
import type { PlatformEvent } from '../lib/contracts/platform-event.ts';
import type { Fault, FaultKind, Replica, ScalableWorkload, Workload } from '../lib/contracts/replica.ts';

/** What a platform can do beside scaling and faults. */
export interface Abilities {
  /** Workloads that `roll` replaces. */
  readonly roll: readonly Workload[];
  /** Whether nodes are drained and uncordoned. */
  readonly drain: boolean;
}

export interface Addresses {
  /** Bootstrap servers as clients on this machine reach them. */
  readonly kafka: readonly string[];
  /** Base URL of the producers as a whole, one of which answers. */
  readonly producer: string;
  /** Base URL of the consumers as a whole, one of which answers. */
  readonly consumer: string;
  /** `host:port` of each ZooKeeper server by its ordinal; none where they cannot be reached from this process. */
  readonly zookeeper: readonly string[];
}

export interface LogOptions {
  /** Last lines to begin with. */
  readonly tail: number;
  /** Whether to go on with lines as they are written. */
  readonly follow: boolean;
  readonly signal?: AbortSignal;
}

export interface Platform {
  readonly name: 'local' | 'kubernetes';
  readonly addresses: Addresses;
  /** What can be done to replicas of a workload here. */
  readonly capabilities: Readonly<Record<Workload, readonly FaultKind[]>>;
  readonly abilities: Abilities;

  /** Every replica there is, also those that start or end, in the order of their start. */
  listReplicas(workload?: Workload): Promise<readonly Replica[]>;

  /** The number of replicas that is wanted; nothing while that cannot be told. */
  readScale(workload: ScalableWorkload): Promise<number | undefined>;

  /**
   * Sets the number of replicas and returns at once; newcomers start, those that go end gracefully.
   *
   * @throws AppError `invalid-request` for a number the platform does not take
   */
  scale(workload: ScalableWorkload, replicas: number): Promise<void>;

  /**
   * @throws AppError `no-such-target` when no replica has that name
   * @throws AppError `unsupported-by-platform` when the fault is not among the capabilities
   * @throws AppError `conflict` when it makes no sense now: resuming what is not paused, say
   */
  inject(fault: Fault): Promise<void>;

  /**
   * Replaces every replica of a workload by one of its kind, one after the other, as a rolling update does: producers and
   * consumers by one of another name that is ready before the old one is told to end, brokers and ZooKeeper servers by
   * one of the same name and data. Resolves when the last has been replaced and is ready: a broker also in sync.
   *
   * @throws AppError `unsupported-by-platform` when the workload is not among the abilities
   * @throws AppError `conflict` when it cannot be rolled now
   * @throws AppError `timed-out` with what is missing
   */
  roll(workload: Workload): Promise<void>;

  /**
   * Lets a node take no further pods, moves the lab's own pods away from it as far as their disruption budgets allow, and
   * resolves when they are gone. Whether others take their places is another matter. `Replica.node` names the nodes.
   *
   * @throws AppError `unsupported-by-platform` where there are no nodes to drain
   * @throws AppError `no-such-target` when there is no such node
   * @throws AppError as of the API server, `timed-out` above all: the node then still takes no pods, and the sentence
   *   says how it does so again
   */
  drain(node: string): Promise<void>;

  /**
   * Lets a node take pods again.
   *
   * @throws AppError `unsupported-by-platform`, `no-such-target` as `drain`
   */
  uncordon(node: string): Promise<void>;

  /** Lines of a replica's log, without line ends. */
  readLogs(replica: string, options: LogOptions): AsyncIterable<string>;

  /** Calls back on every event from now on. Returns the function that ends it. */
  subscribe(listener: (event: PlatformEvent) => void): () => void;
}
