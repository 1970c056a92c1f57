/*
 * What runs in a lab, where each of it is in its life, and what can be done to it. Lists first: what checks a value, offers
 * a choice or goes through all of them takes the list; the type follows from it.
 */

/** Environment variables that the replicas of a service have, or are to have; null is one that they have not. */
export type ServiceVariables = Readonly<Record<string, string | null>>;

/** Everything that has replicas, each before what it needs. */
export const WORKLOADS = ['consumer', 'producer', 'kafka', 'zookeeper'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** The workloads that scale; the others have the size they were set up with. */
export const SCALABLE_WORKLOADS = ['producer', 'consumer'] as const satisfies readonly Workload[];
export type ScalableWorkload = (typeof SCALABLE_WORKLOADS)[number];

/** Whether a workload is one of those that scale: a service of ours, and not a server. */
export function isScalable(workload: Workload | undefined): workload is ScalableWorkload {
  return SCALABLE_WORKLOADS.some((one) => one === workload);
}

/**
 * Where a replica is in its life. `unready` runs but must not get traffic (paused, say);
 * `stopped` was stopped by a fault and stays so until it is started; `failed` waits for its next restart.
 */
export const PHASES = ['starting', 'ready', 'unready', 'terminating', 'stopped', 'failed'] as const;
export type Phase = (typeof PHASES)[number];

/** One replica as the platform sees it. */
export interface Replica {
  /** Unique among the replicas of its life; for services also the Kafka client id. */
  readonly name: string;
  readonly workload: Workload;
  readonly uid: string;
  /** Number of a pod of a StatefulSet, and so of a broker and a ZooKeeper server, from 0; of the others none. */
  readonly ordinal: number | undefined;
  readonly node: string;
  readonly zone: string | undefined;
  readonly phase: Phase;
  /** When its process (container) was started, ISO 8601. */
  readonly startedAt: string | undefined;
  /** How often its process was started again after it ended by itself or by a kill. */
  readonly restarts: number;
  /** What a scale-down of a Deployment of Kubernetes goes by: the pod's deletion cost, if it has one. @default none, which counts as 0 */
  readonly deletionCost?: number | undefined;
  /** Where its own HTTP interface is reached, if it has one. */
  readonly url: string | undefined;
}

/** What can be done to a replica, by name. */
export const FAULT_KINDS = ['kill', 'pause', 'resume', 'stop', 'start'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** The same in words, for help and docs. */
export const FAULT_MEANINGS: Readonly<Record<FaultKind, string>> = {
  kill: 'SIGKILL; it starts again by itself',
  pause: 'SIGSTOP, until resume',
  resume: 'SIGCONT',
  stop: 'end it, until start',
  start: 'start what was stopped',
};

/** What is done to one replica. */
export interface Fault {
  readonly kind: FaultKind;
  /** Name of the replica. */
  readonly target: string;
}

/** Which replica a scale-down takes first: `newest` of the local platform, or as a ReplicaSet of Kubernetes ranks pods. */
export type ScaleDownOrder = 'newest' | 'kubernetes';
