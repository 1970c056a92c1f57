import path from 'node:path';
import { NAMESPACE } from '../../lib/contracts/addresses.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import { runTool } from './run-tool.ts';
import { LAB_SELECTOR, MANIFESTS, ROOT, runKubectl } from './kind-lab.ts';
import { requireCluster } from './kube-context.ts';
import { loadImages } from './load-images.ts';
import { listImages, readManifests, type Manifest } from './manifests.ts';
import { describeChanges, readList } from './describe-changes.ts';
import { findFailure } from './describe-late.ts';
import { describeKept, findSizeConflicts, listLeavingServers, type LabSize, type LiveLab } from './describe-resize.ts';
import { readLiveLab, readSize, takeVotes } from './read-size.ts';
import { readWorkloads, waitDeployed } from './wait-deployed.ts';

export interface DeployOptions {
  /** The images of the services, by service. */
  readonly images: Readonly<Record<string, string>>;
  readonly tell: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** What pruning may remove: never the namespace, a volume, or a definition, with which all objects of its kind would go. */
const PRUNED_KINDS = [
  'core/v1/ConfigMap',
  'core/v1/Service',
  'batch/v1/Job',
  'apps/v1/Deployment',
  'apps/v1/StatefulSet',
  'networking.k8s.io/v1/NetworkPolicy',
  'policy/v1/PodDisruptionBudget',
  'core/v1/ServiceAccount',
  'rbac.authorization.k8s.io/v1/Role',
  'rbac.authorization.k8s.io/v1/RoleBinding',
  'rbac.authorization.k8s.io/v1/ClusterRole',
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding',
  'groups.kafka-lab.dev/v1alpha1/ConsumerGroup',
];

const TOLD_OBJECTS = 8;

/**
 * Brings the cluster to what the manifests say: synthesizes them, loads the images, tries the whole on the API server,
 * applies it, removes what is no longer in it, and waits until everything runs.
 *
 * @returns whether anything changed
 * @throws AppError `conflict` when something cannot be changed in place; nothing was changed then
 */
export async function deploy({ images, tell, signal }: DeployOptions): Promise<boolean> {
  await requireCluster();
  const flags = Object.entries(images).flatMap(([service, image]) => ['--image', `${service}=${image}`]);
  await runTool('node', [path.join(ROOT, 'cdk8s', 'main.ts'), ...flags], { signal });
  const manifests = readManifests(MANIFESTS);
  requireNamespace(manifests);

  const wanted = readSize(manifests);
  const running = await readLiveLab();
  refuseResize(running, wanted);

  const { loaded, pulled } = await loadImages(listImages(manifests));
  for (const image of loaded) tell(`loaded ${image} into the nodes`);
  if (pulled.length > 0 && loaded.length > 0) tell(`the nodes pull ${pulled.join(', ')}`);

  const namespaceFile = path.join(MANIFESTS, '0000-namespace.k8s.yaml');
  await runKubectl(['apply', '--filename', namespaceFile], { signal });
  await defineKinds(signal);
  await removeFailedJobs();
  const tried = await runKubectl(['apply', '--filename', MANIFESTS, '--dry-run=server', '--output', 'json'], {
    signal,
  }).catch((error: unknown) => {
    throw explainRefusal(error);
  });
  const live = await runKubectl(['get', '--filename', MANIFESTS, '--ignore-not-found', '--output', 'json'], { signal });
  const changes = [...describeChanges(readList(live), readList(tried))];
  await shrinkEnsemble(running, wanted, { tell, signal });
  const allowlist = PRUNED_KINDS.map((kind) => `--prune-allowlist=${kind}`);
  const prune = ['--prune', '--selector', LAB_SELECTOR, ...allowlist];
  const said = await runKubectl(['apply', '--filename', MANIFESTS, ...prune], { signal });
  changes.push(...said.split('\n').filter((line) => line.endsWith(' pruned')));
  summarize(changes).forEach((line) => tell(line));

  await waitDeployed({ tell, signal });
  if (running) describeKept(running, wanted).forEach((line) => tell(line));
  return changes.length > 0 || loaded.length > 0;
}

/** What would lose data, or could run nowhere, is not begun. */
function refuseResize(running: LiveLab | undefined, wanted: LabSize): void {
  const [conflict] = running ? findSizeConflicts(running, wanted) : [];
  if (conflict !== undefined) throw new AppError('conflict', `${conflict}; nothing was changed`);
}

/** Servers that are to leave agree to it while they run: once they are gone, those that stay have none to spare. */
async function shrinkEnsemble(
  running: LiveLab | undefined,
  wanted: LabSize,
  { tell, signal }: Pick<DeployOptions, 'tell' | 'signal'>,
): Promise<void> {
  const leaving = running ? listLeavingServers(running, wanted) : [];
  if (leaving.length === 0) return;
  const names = leaving.map((id) => `zookeeper-${String(id - 1)}`).join(', ');
  await takeVotes(leaving, signal).catch((error: unknown) => {
    throw new AppError('conflict', `the ensemble does not agree to go on without ${names}; nothing was changed`, {
      cause: error,
    });
  });
  tell(`the ensemble goes on without ${names}`);
}

/** An object of a kind can be tried and applied when the API server knows the kind, a moment after its definition. */
async function defineKinds(signal: AbortSignal): Promise<void> {
  const definitions = path.join(MANIFESTS, '0001-consumer-group-crd.k8s.yaml');
  await runKubectl(['apply', '--filename', definitions], { signal });
  await runKubectl(['wait', '--for=condition=Established', '--timeout=30s', '--filename', definitions], { signal });
}

/** Every command of the lab looks into one namespace; the settings may name another for an app of one's own. */
function requireNamespace(manifests: readonly Manifest[]): void {
  const other = manifests.find(({ metadata }) => (metadata.namespace ?? NAMESPACE) !== NAMESPACE);
  if (other === undefined) return;
  throw new AppError(
    'invalid-configuration',
    `the settings put the lab into the namespace ${String(other.metadata.namespace)}; on kind it is always ${NAMESPACE}`,
  );
}

/** A first deployment is many objects, and one line. */
function summarize(changes: readonly string[]): readonly string[] {
  const created = changes.filter((change) => change.endsWith(' created'));
  if (created.length <= TOLD_OBJECTS) return changes;
  return [`created ${String(created.length)} objects`, ...changes.filter((change) => !created.includes(change))];
}

/** A Job that has given up does not try again; it has to be made anew. */
async function removeFailedJobs(): Promise<void> {
  const failed = (await readWorkloads()).filter((workload) => workload.kind === 'Job' && findFailure(workload));
  for (const { metadata } of failed) await runKubectl(['delete', 'job', metadata.name]);
}

/** Turns the API server's refusal of a change into what to do about it. */
export function explainRefusal(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const [, name] = /The (?:StatefulSet|Job|Deployment|Service) "([^"]+)" is invalid/.exec(error.message) ?? [];
  if (name === undefined || !/updates to .* are forbidden|field is immutable|Forbidden/.test(error.message))
    return error;
  const kind = /The (\w+) "/.exec(error.message)?.[1]?.toLowerCase() ?? 'object';
  return new AppError(
    'conflict',
    `${kind}/${name} cannot be changed like this while it exists, and nothing was changed. ` +
      `To replace it and keep its volumes: kubectl delete ${kind}/${name} --cascade=orphan, then make deploy; ` +
      'volumes that are there keep their size and class',
    { cause: error },
  );
}
