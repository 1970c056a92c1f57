import { messageOf } from '../../lib/errors/app-error.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { PORTS } from '../../lib/contracts/addresses.ts';
import { readList, type KubernetesObject } from './describe-changes.ts';
import type { LabSize, LiveLab } from './describe-resize.ts';
import { LAB_SELECTOR, runKubectl } from './kind-lab.ts';
import type { Manifest } from './manifests.ts';

const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** The size that manifests or live objects of the lab give it. */
export function readSize(objects: readonly Manifest[]): LabSize {
  const find = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);
  const count = (name: string) => find('StatefulSet', name)?.spec?.replicas ?? 0;
  return {
    servers: count('zookeeper'),
    brokers: count('kafka'),
    zones: readZones(find('StatefulSet', 'kafka')),
    topics: find('ConfigMap', 'topics-config')?.data?.['topics'] ?? '',
  };
}

function readZones(workload: Manifest | undefined): readonly string[] {
  const affinity = workload?.spec?.template?.spec?.affinity?.nodeAffinity;
  const terms = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.flatMap(({ matchExpressions }) => matchExpressions.flatMap(({ values }) => values));
}

/** The lab that runs, or undefined when there is none yet. */
export async function readLiveLab(): Promise<LiveLab | undefined> {
  const objects: readonly Manifest[] = await get('statefulsets,configmaps', ['--selector', LAB_SELECTOR]);
  const size = readSize(objects);
  if (size.servers === 0 && size.brokers === 0) return undefined;
  const config = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'zookeeper-config');
  return {
    ...size,
    isEnsembleChangeable: config?.data?.['servers'] !== undefined,
    copies: await readCopies(),
    places: await readPlaces(),
  };
}

/**
 * Takes the votes of ZooKeeper servers that are to leave, while they are there to agree. A leader that is one of them
 * hands over and closes the connection, and its answer is lost: who votes afterwards tells what came of it.
 */
export async function takeVotes(ids: readonly number[], signal: AbortSignal): Promise<void> {
  const client = ['java', '@/etc/kafka-lab/zookeeper-client.args', '-server', `127.0.0.1:${String(PORTS.zookeeper)}`];
  await waitUntil(
    async () => {
      const leaving = parseVoters(await runInServer(['sh', '-c', ASK_WHO_VOTES], signal)).filter((id) =>
        ids.includes(id),
      );
      if (leaving.length === 0) return true;
      await runInServer([...client, 'reconfig', '-remove', leaving.join(',')], signal);
      return undefined;
    },
    {
      what: `an ensemble without the votes of ${ids.join(', ')}`,
      timeoutMs: VOTES_TIMEOUT_MS,
      intervalMs: 1000,
      signal,
    },
  );
}

/** Reads the ids of those who vote from what a server answers to `conf`. */
export function parseVoters(configuration: string): readonly number[] {
  const voters = [...configuration.matchAll(/^server\.(\d+)=.*:participant/gm)].map(([, id]) => Number(id));
  if (voters.length === 0) throw new Error(`zookeeper-0 does not serve: ${configuration.trim()}`);
  return voters;
}

const VOTES_TIMEOUT_MS = 60_000;
const ASK_WHO_VOTES = `printf conf | nc -w 5 127.0.0.1 ${String(PORTS.zookeeper)}`;

/** What fails may be well a moment later, when there is another leader. */
function runInServer(command: readonly string[], signal: AbortSignal): Promise<string> {
  return runKubectl(['exec', 'zookeeper-0', '--container', 'zookeeper', '--', ...command], { signal }).catch(
    (error: unknown) => {
      throw new Error(messageOf(error), { cause: error });
    },
  );
}

async function readCopies(): Promise<LiveLab['copies']> {
  const ask = ['sh', '/etc/kafka-lab/metadata.sh', '127.0.0.1', String(PORTS.kafka)];
  return runKubectl(['exec', 'kafka-0', '--container', 'kafka', '--', ...ask]).then(parseCopies, () => undefined);
}

/** Reads what metadata.sh prints: `partition TOPIC NUMBER LEADER REPLICAS IN-SYNC`. */
function parseCopies(lines: string): ReadonlyMap<string, readonly number[]> {
  const partitions = lines.split('\n').filter((line) => line.startsWith('partition '));
  return new Map(
    partitions.map((line) => {
      const [, topic = '', number = '', , replicas = ''] = line.split(' ');
      return [`${topic}-${number}`, replicas.split(',').map(Number)] as const;
    }),
  );
}

async function readPlaces(): Promise<LiveLab['places']> {
  const pods = await get('pods', ['--selector', 'app.kubernetes.io/name in (kafka,zookeeper)']);
  const nodes = await get('nodes', []);
  const zones = new Map(nodes.map(({ metadata }) => [metadata.name, readZone(metadata)]));
  return pods.flatMap(({ metadata, spec }) => {
    const { nodeName } = (spec ?? {}) as { readonly nodeName?: string };
    const zone = nodeName === undefined ? undefined : zones.get(nodeName);
    return zone === undefined ? [] : [{ pod: metadata.name, zone }];
  });
}

function readZone({ labels }: KubernetesObject['metadata']): string | undefined {
  return (labels as Readonly<Record<string, string>> | undefined)?.[ZONE_LABEL];
}

async function get(kinds: string, filter: readonly string[]): Promise<readonly KubernetesObject[]> {
  return readList(await runKubectl(['get', kinds, ...filter, '--output', 'json']));
}
