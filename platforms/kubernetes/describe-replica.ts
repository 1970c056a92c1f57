import type { V1Pod } from '@kubernetes/client-node';
import type { Replica, Workload } from '../../lib/contracts/replica.ts';
import { readDeletionCost } from './deletion-cost.ts';
import { readContainer, readName, readOrdinal, readTime, readUid, readWorkload } from './lab-pods.ts';
import { composeReplica, readLifePhase, type Life } from './life.ts';
import { readPhase } from './read-phase.ts';

/** What is known of a replica beside its pod. */
export interface ReplicaFacts {
  readonly zone: string | undefined;
  readonly url: string | undefined;
  /** What its launcher says, if it has one that answers. */
  readonly life: Life | undefined;
}

/** A replica, and why it is in its phase, where Kubernetes gives a reason. */
export interface DescribedReplica {
  readonly replica: Replica;
  readonly reason: string | undefined;
}

/** The node of a pod that has none yet. */
const NO_NODE = 'unscheduled';

/**
 * Puts a pod and what else is known together. Nothing for pods of no workload.
 *
 * @param workload what the pod is, where its labels do not say it
 */
export function describeReplica(
  pod: V1Pod,
  { zone, url, life }: ReplicaFacts,
  workload: Workload | undefined = readWorkload(pod),
): DescribedReplica | undefined {
  if (workload === undefined) return undefined;
  const container = readContainer(pod);
  const { state, lastState } = container ?? {};
  const startedAt = state?.running?.startedAt ?? state?.terminated?.startedAt ?? lastState?.terminated?.startedAt;
  const { phase, reason } = readLifePhase(readPhase(pod), life);
  const replica: Replica = {
    name: readName(pod),
    workload,
    uid: readUid(pod),
    ordinal: readOrdinal(pod),
    node: readNode(pod) ?? NO_NODE,
    zone,
    phase,
    startedAt: readTime(startedAt),
    restarts: container?.restartCount ?? 0,
    deletionCost: readDeletionCost(pod),
    url,
  };
  return { replica: composeReplica(replica, phase, life), reason };
}

/** The node a pod was given, if it was. */
export function readNode(pod: V1Pod): string | undefined {
  return pod.spec?.nodeName || undefined;
}
