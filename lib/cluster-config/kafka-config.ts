import { renderProperties } from './properties.ts';

/** One listener of a broker: where it binds and what clients are told to connect to. */
interface KafkaListener {
  readonly name: string;
  /** Address to bind to; empty binds to all. */
  readonly host: string;
  readonly port: number;
  readonly advertisedHost: string;
  readonly advertisedPort: number;
}

/** What differs from broker to broker, and from one lab to the next; what all share is in the rendered file only. */
export interface KafkaConfig {
  readonly brokerId: number;
  /** The first is the one brokers use among themselves. */
  readonly listeners: readonly [KafkaListener, ...KafkaListener[]];
  /** `host:port` of every ZooKeeper server. */
  readonly zookeeperConnect: readonly string[];
  /** How long ZooKeeper keeps a silent broker before its partitions get new leaders, in milliseconds. */
  readonly zookeeperSessionTimeoutMs: number;
  readonly logDir: string;
  /** Copies of topics that do not say it themselves, and of Kafka's own topics. */
  readonly replicationFactor: number;
  readonly minInSyncReplicas: number;
  /** How long an empty group waits for further members before its first assignment, in milliseconds. */
  readonly initialRebalanceDelayMs: number;
  /** How often a broker that stops tries to hand its leaderships over, and how long it waits in between, in milliseconds. */
  readonly controlledShutdown: { readonly maxRetries: number; readonly retryBackoffMs: number };
  /** Failure domain: replicas spread over racks, and consumers may read from the nearest. @default none */
  readonly rack?: string;
}

/** Partitions of `__consumer_offsets` and `__transaction_state`: 50 each by default, far more than a lab's groups need. */
const INTERNAL_TOPIC_PARTITIONS = 3;

/**
 * `server.properties` of one broker in ZooKeeper mode.
 * Settings as in https://kafka.apache.org/39/documentation.html#brokerconfigs
 */
export function renderKafkaConfig(config: KafkaConfig): string {
  const { listeners, replicationFactor, minInSyncReplicas } = config;
  return renderProperties({
    'broker.id': config.brokerId,
    ...(config.rack === undefined ? {} : { 'broker.rack': config.rack }),
    'zookeeper.connect': config.zookeeperConnect.join(','),
    'zookeeper.session.timeout.ms': config.zookeeperSessionTimeoutMs,
    'zookeeper.connection.timeout.ms': 18_000,
    listeners: listeners.map(({ name, host, port }) => `${name}://${host}:${String(port)}`).join(','),
    'advertised.listeners': listeners
      .map(({ name, advertisedHost, advertisedPort }) => `${name}://${advertisedHost}:${String(advertisedPort)}`)
      .join(','),
    'listener.security.protocol.map': listeners.map(({ name }) => `${name}:PLAINTEXT`).join(','),
    'inter.broker.listener.name': listeners[0].name,
    'log.dirs': config.logDir,
    // What an acknowledgement means: stored on at least minInSyncReplicas of replicationFactor brokers.
    'default.replication.factor': replicationFactor,
    'min.insync.replicas': minInSyncReplicas,
    'unclean.leader.election.enable': false,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': replicationFactor,
    'offsets.topic.num.partitions': INTERNAL_TOPIC_PARTITIONS,
    'transaction.state.log.replication.factor': replicationFactor,
    'transaction.state.log.min.isr': minInSyncReplicas,
    'transaction.state.log.num.partitions': INTERNAL_TOPIC_PARTITIONS,
    'group.initial.rebalance.delay.ms': config.initialRebalanceDelayMs,
    // A follower that stopped fetching leaves the in-sync replicas after this time, and stops delaying producers.
    'replica.lag.time.max.ms': 10_000,
    // Leadership goes back to the preferred broker soon after a restart, so that the lab looks balanced again.
    'leader.imbalance.check.interval.seconds': 30,
    'controlled.shutdown.max.retries': config.controlledShutdown.maxRetries,
    'controlled.shutdown.retry.backoff.ms': config.controlledShutdown.retryBackoffMs,
    // Sized for a lab: threads, indexes and cleaner buffers are for machines with many disks by default.
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'log.segment.bytes': 67_108_864,
    'log.index.size.max.bytes': 1_048_576,
    'log.cleaner.dedupe.buffer.size': 4_194_304,
    'log.cleaner.io.buffer.size': 131_072,
  });
}
