import { renderProperties } from './properties.ts';

/** One voting server of the ensemble, as every other server and every broker is told of it. */
export interface ZooKeeperServer {
  /** `myid`, 1 to 255. */
  readonly id: number;
  readonly host: string;
  readonly peerPort: number;
  readonly electionPort: number;
}

interface ZooKeeperConfig {
  readonly dataDir: string;
  /** What never changes: the port for clients and the whole ensemble. @default a list that ZooKeeper itself keeps */
  readonly fixed?: FixedEnsemble;
  /**
   * Whether the quorum ports bind to all addresses instead of the one the own host name resolves to:
   * a pod must not wait for its own DNS entry. @default false
   */
  readonly isListeningOnAllAddresses?: boolean;
}

/** An ensemble whose servers stay the same for as long as their data live. */
interface FixedEnsemble {
  readonly clientPort: number;
  /** Address the client port binds to. @default all addresses */
  readonly clientAddress?: string;
  readonly servers: readonly ZooKeeperServer[];
}

/** Longest session a client may ask for, in ticks of a second: Kafka's brokers ask for 6 to 10 s. */
const TICK_TIME_MS = 1000;

/** Four-letter words that probes and people need; `dump` tells whether a broker's old session lives, `conf` who votes. */
const FOUR_LETTER_WORDS = 'ruok,srvr,mntr,dump,conf';

/**
 * `zoo.cfg` of one server of an ensemble; all servers get the same text but for `dataDir` and ports.
 * Settings as in https://zookeeper.apache.org/doc/r3.8.4/zookeeperAdmin.html
 */
export function renderZooKeeperConfig(config: ZooKeeperConfig): string {
  return renderProperties({
    tickTime: TICK_TIME_MS,
    initLimit: 10,
    syncLimit: 5,
    dataDir: config.dataDir,
    maxClientCnxns: 60,
    // 1 MiB instead of 64: a lab's transaction logs are small and there are three of them on one disk.
    preAllocSize: 1024,
    'autopurge.snapRetainCount': 3,
    'autopurge.purgeInterval': 1,
    'admin.enableServer': false,
    '4lw.commands.whitelist': FOUR_LETTER_WORDS,
    quorumListenOnAllIPs: config.isListeningOnAllAddresses ?? false,
    // A server without data has no vote until it has caught up, unless a file says that the ensemble is new.
    'db.autocreate': false,
    ...(config.fixed ? renderFixedEnsemble(config.fixed) : CHANGING_ENSEMBLE),
  });
}

/** A line of the list that ZooKeeper keeps: who votes, and where it listens. */
export function renderVoter(server: ZooKeeperServer, clientPort: number): string {
  return `server.${String(server.id)}=${renderAddress(server)}:participant;0.0.0.0:${String(clientPort)}\n`;
}

/**
 * One server alone is an ensemble, too, which can grow. The list of servers is a node of ZooKeeper's own, which only a
 * super user may write where ACLs count: they do not, as nobody has any in the lab.
 */
const CHANGING_ENSEMBLE = { standaloneEnabled: false, reconfigEnabled: true, skipACL: 'yes' };

function renderFixedEnsemble({ clientPort, clientAddress, servers }: FixedEnsemble) {
  return {
    clientPort,
    ...(clientAddress !== undefined && { clientPortAddress: clientAddress }),
    ...Object.fromEntries(servers.map((server) => [`server.${String(server.id)}`, renderAddress(server)])),
  };
}

function renderAddress({ host, peerPort, electionPort }: ZooKeeperServer): string {
  return `${host}:${String(peerPort)}:${String(electionPort)}`;
}
