import { LAB_SELECTOR, runKubectl } from './kind-lab.ts';

/** Something that waiting will not mend. */
export interface Obstacle {
  /** The workload, as `app.kubernetes.io/name` has it. */
  readonly workload: string;
  readonly sentence: string;
}

/** As much of a pod as tells why it does not run. */
export interface PodObject {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status: {
    readonly startTime?: string;
    readonly containerStatuses?: readonly {
      readonly image: string;
      readonly ready: boolean;
      readonly state: { readonly running?: object; readonly waiting?: { readonly reason?: string } };
    }[];
  };
}

/** How long a pull that fails may be a hiccup of the line. */
const PULL_MS = 60_000;
const LAUNCHED: readonly string[] = ['kafka', 'zookeeper'];

/** Looks for pods whose image cannot be pulled, and for programs that a person has stopped. */
export async function findObstacles(): Promise<readonly Obstacle[]> {
  const list = await runKubectl(['get', 'pods', '--selector', LAB_SELECTOR, '--output', 'json']);
  const pods = (JSON.parse(list) as { items: readonly PodObject[] }).items;
  const stopped = await Promise.all(pods.filter(mayBeStopped).map(findStopped));
  return [...findMissingImages(pods, Date.now()), ...stopped.flat()];
}

export function findMissingImages(pods: readonly PodObject[], now: number): readonly Obstacle[] {
  return pods.flatMap((pod) => {
    const failing = (pod.status.containerStatuses ?? []).find(({ state }) =>
      ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'].includes(state.waiting?.reason ?? ''),
    );
    if (failing === undefined || now - Date.parse(pod.status.startTime ?? '') < PULL_MS) return [];
    return [{ workload: nameWorkload(pod), sentence: `the image ${failing.image} cannot be pulled` }];
  });
}

function mayBeStopped(pod: PodObject): boolean {
  const [container] = pod.status.containerStatuses ?? [];
  return LAUNCHED.includes(nameWorkload(pod)) && container?.state.running !== undefined && !container.ready;
}

async function findStopped(pod: PodObject): Promise<readonly Obstacle[]> {
  const { name } = pod.metadata;
  const life = await runKubectl(['exec', name, '--', 'cat', '/tmp/life'], { timeoutMs: 10_000 }).catch(() => '');
  if (!life.trimEnd().endsWith(' stopped')) return [];
  return [{ workload: nameWorkload(pod), sentence: `${name} is stopped: npm run lab -- start ${name}` }];
}

function nameWorkload({ metadata }: PodObject): string {
  return metadata.labels?.['app.kubernetes.io/name'] ?? metadata.name;
}
