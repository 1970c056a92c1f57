import path from 'node:path';
import { AppError } from '../../lib/errors/app-error.ts';
import { waitUntil } from '../../lib/platform/wait-until.ts';
import { CLUSTER, ROOT, runKubectl } from './kind-lab.ts';
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
const ANSWER_TIMEOUT_MS = 90_000;

/**
 * Makes the cluster unless it is there, starts it when its nodes were stopped, and makes it anew when it never got
 * finished: nothing can have been deployed on that one.
 *
 * @returns whether anything had to be done
 * @throws AppError `missing-requirement`, `port-in-use`, `process-failed`, `timed-out`
 */
export async function ensureCluster(options: EnsureClusterOptions): Promise<boolean> {
  const { tell } = options;
  await checkDocker();
  if (!(await listClusters()).includes(CLUSTER)) {
    await createCluster(options);
    return true;
  }
  const isStarted = await startNodes(tell);
  if (!(await hasLabContext())) {
    rememberContext(await readCurrentContext());
    await runTool('kind', ['export', 'kubeconfig', '--name', CLUSTER]).catch(() => undefined);
  }
  if (await isHalfMade()) {
    tell(`the cluster ${CLUSTER} was not finished; it is made anew`);
    await deleteCluster();
    await createCluster(options);
    return true;
  }
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

async function checkDocker(): Promise<void> {
  await runTool('docker', ['info', '--format', '{{.ServerVersion}}']).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'missing-requirement') throw error;
    throw new AppError('missing-requirement', 'Docker does not answer: start it, and see that `docker info` works', {
      cause: error,
    });
  });
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
      const step = /^ ✓ (.*?)\s*\p{Extended_Pictographic}?/u.exec(line)?.[1];
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

/** Whether its making was interrupted: nobody noted its end, and it is not whole. */
async function isHalfMade(): Promise<boolean> {
  const isMarked = await runTool('docker', ['exec', CONTROL_PLANE, 'test', '-f', MADE_FILE]).then(
    () => true,
    () => false,
  );
  if (isMarked) return false;
  // Somebody may have made it with kind alone.
  return waitForNodes(() => undefined).then(
    () => markMade().then(() => false),
    () => true,
  );
}

/** After a restart of Docker the nodes are there, but do not run. */
async function startNodes(tell: (sentence: string) => void): Promise<boolean> {
  const filters = ['--filter', `label=io.x-k8s.kind.cluster=${CLUSTER}`, '--filter', 'status=exited'];
  const stopped = (await runTool('docker', ['container', 'ls', '--all', '--quiet', ...filters]))
    .split('\n')
    .filter(Boolean);
  if (stopped.length === 0) return false;
  tell(`starting ${String(stopped.length)} nodes that were stopped`);
  await runTool('docker', ['container', 'start', ...stopped], { timeoutMs: 120_000 });
  return true;
}

async function waitForNodes(tell: (sentence: string) => void): Promise<void> {
  await waitUntil(
    async () => {
      const ready = '{range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status} {end}';
      const states = (await runKubectl(['get', 'nodes', '--output', `jsonpath=${ready}`])).trim().split(' ');
      if (states.length < NODES) throw new Error(`there are ${String(states.length)} of ${String(NODES)}`);
      const late = states.filter((state) => !state.endsWith('=True'));
      if (late.length > 0) throw new Error(`not ready: ${late.map((state) => state.split('=')[0]).join(', ')}`);
      return true;
    },
    { what: 'the nodes to be ready', timeoutMs: ANSWER_TIMEOUT_MS, intervalMs: 1000, onSlow: tell },
  );
}
