import type { V1ContainerStateTerminated, V1ContainerStatus, V1Pod, V1PodCondition } from '@kubernetes/client-node';
import type { Phase } from '../../lib/contracts/replica.ts';
import { isOver, readContainer, readTime } from './lab-pods.ts';

/** A phase, and why, where Kubernetes gives a reason. */
export interface PhaseReading {
  readonly phase: Phase;
  /** One word of Kubernetes: `OOMKilled`, `CrashLoopBackOff`, `Evicted`, `Unschedulable`; or `exit 3`. */
  readonly reason: string | undefined;
}

/** What a container waits for while it starts; all else that it waits for is a failure. */
const STARTING_REASONS = new Set(['ContainerCreating', 'PodInitializing']);

/**
 * Where a pod is in its life, by its status alone. See
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
 */
export function readPhase(pod: V1Pod): PhaseReading {
  if (pod.metadata?.deletionTimestamp !== undefined) return { phase: 'terminating', reason: readEndReason(pod) };
  const container = readContainer(pod);
  const terminated = container?.state?.terminated;
  if (isOver(pod)) return { phase: 'failed', reason: pod.status?.reason ?? readExit(terminated) };
  if (terminated) return { phase: 'failed', reason: readExit(terminated) };
  return container?.state?.running ? readRunning(pod, container) : readWaiting(pod, container);
}

/** Why a pod ends or has ended: by whom it was disrupted, if it says so. */
export function readEndReason(pod: V1Pod): string | undefined {
  const disrupted = readCondition(pod, 'DisruptionTarget');
  return (disrupted?.status === 'True' ? disrupted.reason : undefined) ?? pod.status?.reason;
}

/** Where Kubernetes says no more than that a process has ended, its exit code says more. */
function readExit(terminated: V1ContainerStateTerminated | undefined): string | undefined {
  const { reason, exitCode } = terminated ?? {};
  return exitCode !== undefined && (reason === 'Error' || reason === 'Completed') ? `exit ${String(exitCode)}` : reason;
}

/**
 * A container that runs has been ready in this life when it stopped being so after its start: only then it is
 * `unready`, and a newcomer that has yet to be ready is `starting`, as on the local platform.
 */
function readRunning(pod: V1Pod, container: V1ContainerStatus): PhaseReading {
  const lastEnd = readExit(container.lastState?.terminated);
  if (container.started !== true) return { phase: 'starting', reason: lastEnd };
  const ready = readCondition(pod, 'Ready');
  if (ready?.status === 'True') return { phase: 'ready', reason: undefined };
  const changedAt = readTime(ready?.lastTransitionTime) ?? '';
  const startedAt = readTime(container.state?.running?.startedAt) ?? '';
  return changedAt > startedAt ? { phase: 'unready', reason: undefined } : { phase: 'starting', reason: lastEnd };
}

function readWaiting(pod: V1Pod, container: V1ContainerStatus | undefined): PhaseReading {
  const reason = container?.state?.waiting?.reason;
  if (reason !== undefined && !STARTING_REASONS.has(reason)) return { phase: 'failed', reason };
  const scheduled = readCondition(pod, 'PodScheduled');
  return { phase: 'starting', reason: scheduled?.status === 'False' ? scheduled.reason : undefined };
}

function readCondition(pod: V1Pod, type: string): V1PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}
