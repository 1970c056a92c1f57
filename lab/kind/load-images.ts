import { runTool } from './run-tool.ts';
import { CLUSTER } from '../../lib/contracts/addresses.ts';
import { listWorkers } from './kind-cluster.ts';

const LOAD_TIMEOUT_MS = 600_000;

export interface LoadedImages {
  /** Images that were copied into nodes. */
  readonly loaded: readonly string[];
  /** Images that this machine's Docker does not have: the nodes pull them. */
  readonly pulled: readonly string[];
}

/**
 * Copies those images into the nodes that this machine's Docker has and a node lacks.
 *
 * @throws AppError `process-failed`
 */
export async function loadImages(images: readonly string[]): Promise<LoadedImages> {
  const ids = new Map<string, string>();
  for (const image of images) {
    const id = await runTool('docker', ['image', 'inspect', '--format', '{{.Id}}', image]).catch(() => undefined);
    if (id !== undefined) ids.set(image, id.trim());
  }
  const workers = await listWorkers();
  const lacking = await findLacking([...ids.keys()], workers);
  if (lacking.length > 0) {
    await runTool('kind', ['load', 'docker-image', ...lacking, '--name', CLUSTER, '--nodes', workers.join(',')], {
      timeoutMs: LOAD_TIMEOUT_MS,
    });
  }
  return { loaded: lacking, pulled: images.filter((image) => !ids.has(image)) };
}

/** Tags never move here, so a node that knows the tag has the image. */
async function findLacking(images: readonly string[], nodes: readonly string[]): Promise<readonly string[]> {
  const lacking = new Set<string>();
  for (const node of nodes) {
    const names = await runTool('docker', ['exec', node, 'ctr', '--namespace', 'k8s.io', 'images', 'ls', '--quiet']);
    const tags = new Set(names.split('\n'));
    for (const image of images) if (!tags.has(qualify(image))) lacking.add(image);
  }
  return [...lacking];
}

/** The name under which containerd keeps an image of Docker's short name. */
export function qualify(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  const isRegistry = first === 'localhost' || first.includes('.') || first.includes(':');
  return isRegistry ? image : `docker.io/${image}`;
}
