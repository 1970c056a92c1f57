import { renderProperties } from './properties.ts';

/** One voting server of the ensemble, as every other server and every broker is told of it. */
export interface ZooKeeperServer {
  /** `myid`, 1 to 255. */
  readonly id: number;
  readonly host: string;
  readonly peerPort: number;
  readonly electionPort: number;
}

export interface ZooKeeperConfig {
  readonly dataDir: string;
  readonly clientPort: number;
  /** Address the client port binds to. @default all addresses */
  readonly clientAddress?: string;
  readonly servers: readonly ZooKeeperServer[];
  /**
   * Whether the quorum ports bind to all addresses instead of the one the own host name resolves to:
   * a pod must not wait for its own DNS entry. @default false
   */
  readonly isListeningOnAllAddresses?: boolean;
}

/** Longest session a client may ask for, in ticks of a second: Kafka's brokers ask for 6 to 10 s. */
const TICK_TIME_MS = 1000;

/** Four-letter words that probes and people need; `dump` tells whether a broker's old session still lives. */
const FOUR_LETTER_WORDS = 'ruok,srvr,mntr,dump';

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
    clientPort: config.clientPort,
    ...(config.clientAddress === undefined ? {} : { clientPortAddress: config.clientAddress }),
    maxClientCnxns: 60,
    // 1 MiB instead of 64: a lab's transaction logs are small and there are three of them on one disk.
    preAllocSize: 1024,
    'autopurge.snapRetainCount': 3,
    'autopurge.purgeInterval': 1,
    'admin.enableServer': false,
    '4lw.commands.whitelist': FOUR_LETTER_WORDS,
    quorumListenOnAllIPs: config.isListeningOnAllAddresses ?? false,
    ...Object.fromEntries(
      config.servers.map(({ id, host, peerPort, electionPort }) => [
        `server.${String(id)}`,
        `${host}:${String(peerPort)}:${String(electionPort)}`,
      ]),
    ),
  });
}
