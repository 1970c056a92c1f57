import type { Broker, LabSnapshot, ZooKeeperServer } from '../lib/contracts/lab-snapshot.ts';
import { messageOf } from '../lib/errors/app-error.ts';
import { createBrokerInspector, type BrokersView } from '../kafka/broker-inspector.ts';
import type { ClusterConnection } from '../kafka/cluster-connection.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import type { Replica, ScalableWorkload } from '../lib/contracts/replica.ts';
import type { Platform } from '../platforms/platform.ts';
import { readServerRole, type ServerRole } from '../platforms/zookeeper/four-letter-word.ts';
import { noteContact, type Contact } from '../platforms/contact.ts';
import { keepDoing } from './keep-doing.ts';
import { createListeners, type Listeners } from './listeners.ts';

interface ClusterWatchOptions {
  readonly connection: ClusterConnection;
  readonly platform: Platform;
  readonly logger: Logger;
  /** Between two looks, in milliseconds. @default 1000 */
  readonly lookMs?: number;
}

/** Brokers, ZooKeeper servers and producers, looked at all the time. */
export interface ClusterWatch extends Pick<Listeners, 'subscribe'> {
  snapshot(): Pick<LabSnapshot, 'kafka' | 'zookeeper' | 'producers' | 'wantedProducers'>;
  /** The producers that are ready, with their addresses. */
  listReady(workload: ScalableWorkload): readonly string[];
  stop(): Promise<void>;
}

/** Looks from now on, again after a failure too. Whoever starts it ends it with `stop`. */
export function startClusterWatch(options: ClusterWatchOptions): ClusterWatch {
  const { connection, platform, logger, lookMs = 1000 } = options;
  const inspector = createBrokerInspector(connection);
  const { notify, subscribe } = createListeners();
  const ending = new AbortController();
  const { signal } = ending;
  let brokers: BrokersView = { clusterId: null, brokers: [], underReplicated: 0 };
  let contact: Contact = { isReachable: false, since: Date.now() };
  let replicas: readonly Replica[] = [];
  let wantedProducers: number | undefined;
  let roles: readonly (ServerRole | undefined)[] = [];

  const attempt = async (what: string, look: () => Promise<void>): Promise<boolean> => {
    try {
      await look();
      return true;
    } catch (error) {
      if (!signal.aborted) logger.debug(`${what}: ${messageOf(error)}`);
      return false;
    }
  };
  const lookAtBrokers = async (): Promise<void> => {
    const isReachable = await attempt('brokers', async () => {
      brokers = await inspector.inspect();
    });
    contact = noteContact(contact, isReachable, Date.now());
  };
  const lookAtServers = async (): Promise<void> => {
    roles = await Promise.all(platform.addresses.zookeeper.map(readRole));
  };
  const lookAtReplicas = async (): Promise<void> => {
    replicas = await platform.listReplicas();
    wantedProducers = await platform.readScale('producer');
  };

  const keepLooking = (look: () => Promise<unknown>): Promise<void> =>
    keepDoing(() => look().then(notify), lookMs, signal);
  // Each waits for its own: silent brokers are no reason to know nothing of the pods.
  const looking = Promise.all([
    keepLooking(lookAtBrokers),
    keepLooking(() => attempt('ZooKeeper', lookAtServers)),
    keepLooking(() => attempt('replicas', lookAtReplicas)),
  ]);
  const unsubscribe = platform.subscribe(() => void attempt('replicas', lookAtReplicas).then(notify));

  const select = (workload: Replica['workload']): readonly Replica[] =>
    replicas.filter((replica) => replica.workload === workload);
  return {
    snapshot() {
      const servers = select('zookeeper').map((replica) => describeServer(replica, roles));
      return {
        kafka: {
          ...contact,
          underReplicated: brokers.underReplicated,
          brokers: select('kafka').map((replica) => describeBroker(replica, brokers)),
        },
        zookeeper: { hasQuorum: decideQuorum(roles), servers },
        producers: select('producer').map(({ name, phase }) => ({ name, phase })),
        wantedProducers: wantedProducers ?? null,
      };
    },
    listReady: (workload) =>
      select(workload).flatMap(({ phase, url }) => (phase === 'ready' && url !== undefined ? [url] : [])),
    subscribe,
    async stop() {
      ending.abort();
      unsubscribe();
      await looking;
    },
  };
}

async function readRole(address: string): Promise<ServerRole | undefined> {
  const url = URL.parse(`tcp://${address}`);
  return url === null ? undefined : readServerRole(url.hostname, Number(url.port));
}

function describeBroker({ name, node, zone, phase, ordinal }: Replica, view: BrokersView): Broker {
  const brokerId = ordinal ?? -1;
  const { isController, leaders, replicas, inSync } = view.brokers.find((broker) => broker.brokerId === brokerId) ?? {
    isController: false,
    leaders: 0,
    replicas: 0,
    inSync: 0,
  };
  return { name, brokerId, node, zone: zone ?? null, phase, isController, leaders, replicas, inSync };
}

function describeServer(
  { name, node, zone, phase, ordinal }: Replica,
  roles: readonly (ServerRole | undefined)[],
): ZooKeeperServer {
  return { name, node, zone: zone ?? null, phase, role: roles[ordinal ?? -1] ?? 'none' };
}

/** An ensemble serves when one of its servers leads it. */
function decideQuorum(roles: readonly (ServerRole | undefined)[]): boolean | null {
  if (roles.length === 0) return null;
  return roles.some((role) => role === 'leader' || role === 'standalone');
}
