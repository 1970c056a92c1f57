import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDocker } from '../../images/docker.ts';
import { CLUSTER, NAMESPACE } from '../../lib/contracts/addresses.ts';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { ROOT, runKubectl } from './kind-lab.ts';
import { hasLabContext, readCurrentContext, rememberContext } from './kube-context.ts';
import { runTool } from './run-tool.ts';

export interface EnsureClusterOptions {
  /** The image of the nodes. @default kind's own */
  readonly nodeImage?: string;
  readonly tell: (sentence: string) => void;
  readonly signal: AbortSignal;
}

const CONFIG_FILE = path.join(ROOT, 'kind-config.yaml');

const CONTROL_PLANE = `${CLUSTER}-control-plane`;
const NODES = 4;

/** A file of the control plane's, there once the cluster was made to the end. */
const MADE_FILE = '/kind/kafka-lab-is-made';

const CREATE_TIMEOUT_MS = 600_000;
const ANSWER_TIMEOUT_MS = 120_000;
const REPORT_MS = 5000;

/**
 * Makes the cluster unless it is there, starts it when its nodes were stopped, and makes it anew when it never got
 * finished: nothing can have been deployed on that one.
 *
 * @returns whether anything had to be done
 * @throws AppError `missing-requirement`, `port-in-use`, `process-failed`, `timed-out`
 */
export async function ensureCluster(options: EnsureClusterOptions): Promise<boolean> {
  const { tell } = options;
  await createDocker().requireEngine();
  if (!(await listClusters()).includes(CLUSTER)) {
    await createCluster(options);
    return true;
  }
  const startedAt = Date.now();
  const isStarted = await startNodes(options);
  // A cluster that is not set up yet has no kubeconfig to give.
  await ensureContext().catch(() => undefined);
  if (await isHalfMade()) {
    tell(`the cluster ${CLUSTER} was not finished; it is made anew`);
    await deleteCluster();
    await createCluster(options);
    return true;
  }
  if (isStarted) await waitForHeartbeats(startedAt, tell);
  await waitForNodes(tell);
  return isStarted;
}

/** Removes the cluster with everything in it. Returns whether there was one. */
export async function deleteCluster(): Promise<boolean> {
  const isThere = (await listClusters()).includes(CLUSTER);
  // Also without a cluster: what an interrupted start left in the kubeconfig goes too.
  await runTool('kind', ['delete', 'cluster', '--name', CLUSTER], { timeoutMs: CREATE_TIMEOUT_MS });
  return isThere;
}

/** @returns the names of the nodes that run pods */
export async function listWorkers(): Promise<readonly string[]> {
  const nodes = await runTool('kind', ['get', 'nodes', '--name', CLUSTER]);
  return nodes.split('\n').filter((name) => name !== '' && !name.endsWith('-control-plane'));
}

async function listClusters(): Promise<readonly string[]> {
  return (await runTool('kind', ['get', 'clusters'])).split('\n');
}

async function createCluster({ nodeImage, tell, signal }: EnsureClusterOptions): Promise<void> {
  rememberContext(await readCurrentContext());
  tell(`making the kind cluster ${CLUSTER}: a control plane and three workers`);
  const image = nodeImage === undefined ? [] : ['--image', nodeImage];
  await runTool('kind', ['create', 'cluster', '--config', CONFIG_FILE, ...image], {
    timeoutMs: CREATE_TIMEOUT_MS,
    onLine: (line) => {
      const step = /^ ✓ (.*?)[\s\p{Extended_Pictographic}\ufe0f]*$/u.exec(line)?.[1];
      if (step) tell(`  ${step}`);
    },
    signal,
  }).catch((error: unknown) => {
    const port =
      error instanceof Error ? /(?:address already in use|port is already allocated)/.exec(error.message) : null;
    if (port === null) throw error;
    throw new AppError(
      'port-in-use',
      'one of the ports 9092, 9093, 9094 of this machine is in use, by a local lab perhaps: `npm run lab -- down` ends that',
      { cause: error },
    );
  });
  await waitForNodes(tell);
  await markMade();
}

async function markMade(): Promise<void> {
  await runTool('docker', ['exec', CONTROL_PLANE, 'touch', MADE_FILE]);
}

/**
 * Whether its making was interrupted, so that nothing can have been deployed on it: nobody noted its end, and either
 * Kubernetes was never set up or it knows neither all nodes nor the lab. Whoever does not answer is not taken for
 * half-made: its data may be all there.
 */
async function isHalfMade(): Promise<boolean> {
  const setUp = '/etc/kubernetes/admin.conf';
  const question = `test -f ${MADE_FILE} && echo made; test -f ${setUp} && echo set-up; true`;
  const said = await runTool('docker', ['exec', CONTROL_PLANE, 'sh', '-c', question]);
  if (said.includes('made')) return false;
  if (!said.includes('set-up')) return true;
  const [nodes, lab] = [
    await patiently('the API server', () => runKubectl(['get', 'nodes', '--output', 'name'])),
    await runKubectl(['get', 'namespace', NAMESPACE, '--ignore-not-found', '--output', 'name']),
  ];
  if (lab === '' && nodes.split('\n').length < NODES) return true;
  // Somebody made it with kind alone.
  await markMade();
  return false;
}

/** After a restart of Docker the nodes are there, but do not run. */
async function startNodes({ tell, signal }: EnsureClusterOptions): Promise<boolean> {
  const [paused, stopped] = [
    await listNodes('paused'),
    [...(await listNodes('exited')), ...(await listNodes('created'))],
  ];
  const count = paused.length + stopped.length;
  if (count === 0) return false;
  tell(`starting ${String(count)} nodes that were stopped`);
  if (paused.length > 0) await runTool('docker', ['container', 'unpause', ...paused], { signal });
  if (stopped.length > 0) await runTool('docker', ['container', 'start', ...stopped], { timeoutMs: 120_000, signal });
  return true;
}

async function listNodes(status: string): Promise<readonly string[]> {
  const filters = ['--filter', `label=io.x-k8s.kind.cluster=${CLUSTER}`, '--filter', `status=${status}`];
  return (await runTool('docker', ['container', 'ls', '--all', '--quiet', ...filters])).split('\n').filter(Boolean);
}

/** Until then the API server tells what was true before the nodes stopped. */
async function waitForHeartbeats(since: number, tell: (sentence: string) => void): Promise<void> {
  const times = 'jsonpath={.items[*].spec.renewTime}';
  await patiently(
    'the nodes to report',
    async () => {
      const renewed = await runKubectl(['get', 'leases', '--namespace', 'kube-node-lease', '--output', times]);
      const fresh = renewed.split(' ').filter((time) => Date.parse(time) > since);
      if (fresh.length < NODES) throw new Error(`${String(fresh.length)} of ${String(NODES)} have`);
      return true;
    },
    tell,
  );
  // A node reports itself first, and then what became of its pods.
  await delay(REPORT_MS);
}

async function waitForNodes(tell?: (sentence: string) => void): Promise<void> {
  await patiently(
    'the nodes to be ready',
    async () => {
      const ready = '{range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status} {end}';
      const states = (await runKubectl(['get', 'nodes', '--output', `jsonpath=${ready}`])).trim().split(' ');
      if (states.length < NODES) throw new Error(`there are ${String(states.length)} of ${String(NODES)}`);
      const late = states.filter((state) => !state.endsWith('=True'));
      if (late.length > 0) throw new Error(`not ready: ${late.map((state) => state.split('=')[0]).join(', ')}`);
      return true;
    },
    tell,
  );
}

/** Asks again while the API server starts: what fails then says nothing. */
function patiently<T>(what: string, ask: () => Promise<T>, onSlow?: (sentence: string) => void): Promise<T> {
  const probe = (): Promise<T> =>
    ask().catch((error: unknown) => {
      throw new Error(messageOf(error));
    });
  return waitUntil(probe, { what, timeoutMs: ANSWER_TIMEOUT_MS, intervalMs: 1000, ...(onSlow && { onSlow }) });
}

async function ensureContext(): Promise<void> {
  if (await hasLabContext()) return;
  rememberContext(await readCurrentContext());
  await runTool('kind', ['export', 'kubeconfig', '--name', CLUSTER]);
}
