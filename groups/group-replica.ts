import type { Replica } from '../lib/contracts/replica.ts';

/** What the model of a group knows of a replica: a pod, or a process of the local platform. */
export type GroupReplica = Pick<
  Replica,
  'name' | 'uid' | 'ordinal' | 'node' | 'zone' | 'phase' | 'startedAt' | 'restarts' | 'deletionCost'
>;

/** When its process was started, in milliseconds since the epoch; nothing when that is not known. */
export function readStart({ startedAt }: GroupReplica): number | undefined {
  const start = startedAt === undefined ? NaN : Date.parse(startedAt);
  return Number.isNaN(start) ? undefined : start;
}
