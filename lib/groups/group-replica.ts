import type { Phase } from '../platform/platform.ts';

/** What the model of a group knows of a replica: a pod, or a process of the local platform. */
export interface GroupReplica {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly zone: string | undefined;
  readonly phase: Phase;
  /** When its process was started, ISO 8601. */
  readonly startedAt: string | undefined;
  readonly restarts: number;
  /** `controller.kubernetes.io/pod-deletion-cost`, where there is one. */
  readonly deletionCost?: number | undefined;
}

/** When its process was started, in milliseconds since the epoch; nothing when that is not known. */
export function readStart({ startedAt }: GroupReplica): number | undefined {
  const start = startedAt === undefined ? NaN : Date.parse(startedAt);
  return Number.isNaN(start) ? undefined : start;
}
