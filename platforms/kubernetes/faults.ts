import type { V1Pod } from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../lib/errors/app-error.ts';
import { isScalable, type Fault, type FaultKind, type Workload } from '../../lib/contracts/replica.ts';
import type { PlatformWith } from '../platform.ts';
import { execInPod, type ExecResult } from './exec-in-pod.ts';
import { buildFaultCommand, DONE, REFUSED } from './fault-scripts.ts';
import type { KubeClient } from './kube-client.ts';
import { isReplica, readContainer, readName, readUid, readWorkload } from './lab-pods.ts';
import type { Lives } from './lives.ts';
import type { WatchedResource } from './watch-resource.ts';

const SIGNALS: readonly FaultKind[] = ['kill', 'pause', 'resume'];
const ALL_FAULTS: readonly FaultKind[] = [...SIGNALS, 'stop', 'start'];

/** Services have no launcher that would keep them stopped: a container that ends is started again. */
export const KUBERNETES_FAULT_KINDS: PlatformWith<'faults'>['faultKinds'] = {
  producer: SIGNALS,
  consumer: SIGNALS,
  kafka: ALL_FAULTS,
  zookeeper: ALL_FAULTS,
};

interface FaultsOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly pods: WatchedResource<V1Pod>;
  readonly lives: Lives;
}

/** Scripts wait up to ten seconds for the effect. */
const SCRIPT_TIMEOUT_MS = 20_000;
const VISIBLE_TIMEOUT_MS = 10_000;
/** A broker hands its partitions over before it ends. */
const STOP_TIMEOUT_MS = 90_000;
const LOOK_MS = 1000;

/** What a shell ends with that was killed together with its container. */
const KILLED = 137;

/**
 * Injects a fault into a pod, and waits until whoever looks sees its effect.
 *
 * @throws AppError `no-such-target`, `unsupported-by-platform`, `conflict` as the port has it; `timed-out`
 */
export async function injectFault(options: FaultsOptions, { kind, target }: Fault): Promise<void> {
  const { client, namespace, lives } = options;
  const { pod, workload } = await findTarget(options, target);
  if (!KUBERNETES_FAULT_KINDS[workload].includes(kind)) {
    const possible = KUBERNETES_FAULT_KINDS[workload].join(', ');
    throw new AppError(
      'unsupported-by-platform',
      `a ${workload} on Kubernetes cannot take "${kind}"; possible are ${possible}`,
    );
  }
  if (!readContainer(pod)?.state?.running) throw refuse(target, kind, 'it does not run');
  const isService = isScalable(workload);
  const result = await execInPod(client, {
    namespace,
    pod: target,
    container: workload,
    command: buildFaultCommand(kind, { program: isService ? readProgram(pod) : 'java' }),
    timeoutMs: SCRIPT_TIMEOUT_MS,
  });
  checkOutcome(result, { kind, target });
  lives.invalidate(readUid(pod));
  if (kind === 'kill' && isService) await waitUntilDead(options, pod);
  if (kind === 'stop') await waitUntilStopped(options, pod);
}

/** The main program of a service: of an image of somebody's own, the one that its container's command names. */
export function readProgram(pod: V1Pod): string {
  const [container] = pod.spec?.containers ?? [];
  return container?.command?.[0]?.split('/').at(-1) ?? 'node';
}

async function findTarget(
  { pods, namespace }: FaultsOptions,
  target: string,
): Promise<{ pod: V1Pod; workload: Workload }> {
  const all = (await pods.listFresh()).filter(isReplica);
  const pod = all.find((candidate) => readName(candidate) === target);
  const workload = pod && readWorkload(pod);
  if (pod === undefined || workload === undefined) {
    const names = all.map(readName).toSorted().join(', ');
    throw new AppError('no-such-target', `there is no replica ${target} in namespace ${namespace}; there are ${names}`);
  }
  return { pod, workload };
}

function checkOutcome({ stdout, stderr, exitCode }: ExecResult, { kind, target }: Fault): void {
  if (exitCode === REFUSED) throw refuse(target, kind, stdout.trim());
  const isDone = stdout.split('\n').includes(DONE);
  const hasEnded = exitCode === undefined || exitCode === KILLED;
  if (isDone && (exitCode === 0 || (kind === 'kill' && hasEnded))) return;
  const reason = stderr.trim() || (exitCode === undefined ? 'the connection ended' : `exit ${String(exitCode)}`);
  throw new AppError('process-failed', `${kind} of ${target} failed: ${reason}`);
}

function refuse(target: string, kind: FaultKind, reason: string): AppError {
  return new AppError('conflict', `${target} cannot take "${kind}": ${reason}`);
}

/** The kubelet takes a moment to see that a container has ended, and until then its pod is listed as ready. */
async function waitUntilDead({ pods }: FaultsOptions, victim: V1Pod): Promise<void> {
  const before = readContainer(victim);
  await pods.waitFor((items) => {
    const pod = items.find((candidate) => readUid(candidate) === readUid(victim));
    if (pod === undefined) return true;
    const container = readContainer(pod);
    return !container?.state?.running || container.containerID !== before?.containerID;
  }, VISIBLE_TIMEOUT_MS);
}

/** @throws AppError `timed-out` when the program has not ended in time; it is told to end and may do so later */
async function waitUntilStopped({ lives, pods }: FaultsOptions, pod: V1Pod): Promise<void> {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (performance.now() < deadline) {
    lives.invalidate(readUid(pod));
    const life = await lives.read(pod);
    // One that waits for its turn stops when its turn has come.
    if (life?.state !== 'running') return;
    if (!pods.list().some((candidate) => readUid(candidate) === readUid(pod))) return;
    await delay(LOOK_MS);
  }
  throw new AppError(
    'timed-out',
    `${readName(pod)} was told to stop and still runs after ${String(STOP_TIMEOUT_MS / 1000)} s`,
    { retriable: true },
  );
}
