/**
 * The port between the lab and where it runs. Each platform has what it can do of it, and passes the contract suite's part
 * on that.
 */
import { AppError } from '../lib/errors/app-error.ts';
import type { PlatformEvent } from '../lib/contracts/platform-event.ts';
import type { PlatformName } from '../lib/contracts/platform-name.ts';
import type {
  Fault,
  FaultKind,
  Replica,
  ScalableWorkload,
  ScaleDownOrder,
  ServiceVariables,
  Workload,
} from '../lib/contracts/replica.ts';

interface Addresses {
  /** Bootstrap servers as clients on this machine reach them. */
  readonly kafka: readonly string[];
  /** Base URL of the producers as a whole, one of which answers. */
  readonly producer: string;
  /** Base URL of the consumers as a whole, one of which answers. */
  readonly consumer: string;
  /** `host:port` of each ZooKeeper server by its ordinal; none where they cannot be reached from this process. */
  readonly zookeeper: readonly string[];
}

/** Which lines of a log are wanted: the last ones, and those to come. */
export interface LogOptions {
  /** Last lines to begin with. */
  readonly tail: number;
  /** Whether to go on with lines as they are written. */
  readonly follow: boolean;
  /** Ends the lines early. @default never */
  readonly signal?: AbortSignal;
}

/** What every platform tells of its lab. */
interface Observation {
  /** For people and for what is saved; what can be done here is told by what is there. */
  readonly name: PlatformName;
  readonly addresses: Addresses;
  /** Which replica a scale-down takes first. */
  readonly scaleDownOrder: ScaleDownOrder;
  /** Whether replicas are reached at their URLs also when this process has ended. */
  readonly hasLastingUrls: boolean;

  /** The version of Kafka that the brokers run; nothing while that cannot be told. @default unknown */
  readKafkaVersion?(): Promise<string | undefined>;

  /** Every replica there is, also those that start or end, in the order of their start. */
  listReplicas(workload?: Workload): Promise<readonly Replica[]>;

  /** The number of replicas that is wanted; nothing while that cannot be told. */
  readScale(workload: ScalableWorkload): Promise<number | undefined>;

  /** Calls back on every event from now on. Returns the function that ends it. */
  subscribe(listener: (event: PlatformEvent) => void): () => void;
}

/** What a platform may be able to do. */
interface Actions {
  /**
   * Sets the number of replicas and returns at once; newcomers start, those that go end gracefully.
   *
   * @throws AppError `invalid-request` for a number the platform does not take
   */
  scale(workload: ScalableWorkload, replicas: number): Promise<void>;

  /** What can be injected into replicas of a workload. */
  readonly faultKinds: Readonly<Record<Workload, readonly FaultKind[]>>;

  /**
   * @throws AppError `no-such-target` when no replica has that name
   * @throws AppError `unsupported-by-platform` when the fault is not among the kinds
   * @throws AppError `conflict` when it makes no sense now: resuming what is not paused, say
   */
  inject(fault: Fault): Promise<void>;

  /**
   * Replaces every replica of a workload by one of its kind, one after the other, as a rolling update does: producers and
   * consumers by one of another name that is ready before the old one is told to end, brokers and ZooKeeper servers by
   * one of the same name and data. Resolves when the last has been replaced and is ready: a broker also in sync.
   *
   * @param variables of a service: what its new replicas, and all that come later, have in their environment beside what
   *   they have already
   * @throws AppError `conflict` when it cannot be rolled now, or a variable cannot be set
   * @throws AppError `invalid-request` for variables of brokers or ZooKeeper servers
   * @throws AppError `timed-out` with what is missing; the variables stay
   */
  roll(workload: Workload, variables?: ServiceVariables): Promise<void>;

  /** What a roll may set of a service, as its next replica would have it. */
  readVariables(workload: ScalableWorkload, names: readonly string[]): Promise<ServiceVariables>;

  /**
   * Lets a node take no further pods, moves the lab's own pods away from it as far as their disruption budgets allow, and
   * resolves when they are gone. Whether others take their places is another matter. `Replica.node` names the nodes.
   *
   * @throws AppError `no-such-target` when there is no such node
   * @throws AppError as of the API server, `timed-out` above all: the node then still takes no pods, and the sentence
   *   says how it does so again
   */
  drain(node: string): Promise<void>;

  /**
   * Lets a node take pods again.
   *
   * @throws AppError `no-such-target` as `drain`
   */
  uncordon(node: string): Promise<void>;

  /** Lines of a replica's log, without line ends. */
  readLogs(replica: string, options: LogOptions): AsyncIterable<string>;
}

/** A platform: what it cannot do is not there. */
export interface Platform extends Observation, Partial<Actions> {}

/** The members that each capability beside observing consists of. */
const MEMBERS = {
  scale: ['scale'],
  faults: ['faultKinds', 'inject'],
  roll: ['roll', 'readVariables'],
  drain: ['drain', 'uncordon'],
  logs: ['readLogs'],
} as const satisfies Readonly<Record<string, readonly (keyof Actions)[]>>;

/** What a platform may be able to do beside observing. */
export type Capability = keyof typeof MEMBERS;

/** A platform that has what is named. */
export type PlatformWith<C extends Capability> = Platform & Pick<Actions, (typeof MEMBERS)[C][number]>;

/** What a lab has in which scenarios run. */
export type ScenarioPlatform = PlatformWith<'scale' | 'faults' | 'roll' | 'logs'>;

/** What is said of a platform without a capability, before where that is. */
const MISSING: Readonly<Record<Capability, string>> = {
  scale: 'nothing is scaled',
  faults: 'no fault is injected',
  roll: 'nothing is rolled',
  drain: 'there is no node to drain',
  logs: 'no log is read',
};

/** The capabilities of a platform beside observing. */
export function listCapabilities(platform: Platform): readonly Capability[] {
  return (Object.keys(MEMBERS) as Capability[]).filter((capability) =>
    MEMBERS[capability].every((member) => platform[member] !== undefined),
  );
}

/** @throws AppError `unsupported-by-platform` */
export function requireCapability<C extends Capability>(
  platform: Platform,
  capability: C,
): asserts platform is PlatformWith<C> {
  if (listCapabilities(platform).includes(capability)) return;
  throw new AppError('unsupported-by-platform', `${MISSING[capability]} on the ${platform.name} platform`);
}
