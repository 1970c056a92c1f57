import type { Construct } from 'constructs';
import { renderKafkaConfig } from '../lib/cluster-config/kafka-config.ts';
import { KAFKA_NODE_PORT, NAMESPACE, PORTS } from '../lib/contracts/addresses.ts';
import { DEFAULT_TOPIC_SIZING } from '../lib/contracts/topics.ts';
import { CONFIG_DIR, runScript } from './constructs/config-files.ts';
import { JavaStatefulSet, nameDataDir, namePodHosts } from './constructs/java-stateful-set.ts';
import { LabChart, type LabChartProps } from './constructs/lab-chart.ts';
import { TMP_DIR } from './constructs/pod-template.ts';
import { LIVENESS, probeCommand } from './constructs/probes.ts';
import { checkInSyncReplicas, checkNodePorts, checkReplication, refuse } from './constructs/rules.ts';
import { buildService } from './constructs/service.ts';
import { IMAGES, KAFKA_DEFAULTS } from './defaults.ts';

/** How many brokers, what each may use, and those settings of Kafka that depend on the size of the lab. */
export interface KafkaChartProps extends LabChartProps {
  /** `host:port` of every ZooKeeper server. */
  readonly zookeeperServers: readonly string[];

  /**
   * Number of brokers.
   *
   * @default 3
   */
  readonly brokers?: number;

  /**
   * Copies of Kafka's own topics, and of topics that do not say how many.
   *
   * @default DEFAULT_TOPIC_SIZING.replicationFactor
   */
  readonly replicationFactor?: number;

  /**
   * Copies that must be in sync for a write to be acknowledged.
   *
   * @default DEFAULT_TOPIC_SIZING.minInSyncReplicas
   */
  readonly minInSyncReplicas?: number;

  /**
   * How long ZooKeeper keeps a silent broker, in milliseconds. Starved machines let shorter sessions expire by themselves.
   *
   * @default 9000
   */
  readonly zookeeperSessionTimeoutMs?: number;

  /**
   * How long an empty consumer group waits for further members, in milliseconds.
   *
   * @default 1000
   */
  readonly initialRebalanceDelayMs?: number;

  /**
   * An image with Kafka's jars and java on the path.
   *
   * @default IMAGES.kafka
   */
  readonly image?: string;

  /**
   * Largest heap, in MiB.
   *
   * @default 192
   */
  readonly heapMiB?: number;

  /**
   * Memory at which the kernel kills a broker, in MiB. What is above the heap serves as page cache too.
   *
   * @default 640
   */
  readonly memoryLimitMiB?: number;

  /**
   * Size of each broker's volume, in GiB.
   *
   * @default 5
   */
  readonly storageGiB?: number;

  /**
   * Storage class of the volumes.
   *
   * @default the cluster's default class
   */
  readonly storageClass?: string;

  /**
   * Zones to run in and to spread evenly over.
   *
   * @default none demanded; the brokers are spread as far as the cluster allows
   */
  readonly zones?: readonly string[];
}

/** How long a broker may wait for its turn, read its logs and catch up before the container is started anew. */
const STARTUP_SECONDS = 3600;

const STARTUP_PERIOD_SECONDS = 3;

/** A shell, and an answer of all topics, on two starved cores. */
const PROBE_SECONDS = 10;

/** A broker stops alone here, and finds others that take over, if not at once: as Kafka has it by default. */
const CONTROLLED_SHUTDOWN = { maxRetries: 3, retryBackoffMs: 5000 };

/** The configuration of the pod's own ordinal: the launcher links it. */
const CONFIG_LINK = `${TMP_DIR}/server.properties`;

/**
 * Kafka brokers in ZooKeeper mode. A broker waits for its turn, has started when it is back in the in-sync replicas,
 * and is ready while its port is open. Clients inside come through the Service, clients on the host through a node
 * port of each broker.
 */
export class KafkaChart extends LabChart {
  /** `host:port` by which clients in the namespace start. */
  readonly bootstrapServers: string;

  constructor(scope: Construct, id: string, props: KafkaChartProps) {
    super(scope, id, 'kafka', props);
    const brokers = props.brokers ?? KAFKA_DEFAULTS.brokers;
    const replicationFactor = props.replicationFactor ?? DEFAULT_TOPIC_SIZING.replicationFactor;
    const minInSyncReplicas = props.minInSyncReplicas ?? DEFAULT_TOPIC_SIZING.minInSyncReplicas;
    refuse(this, [
      checkReplication({ what: 'Kafka', brokers, replicationFactor }),
      checkInSyncReplicas({ what: 'Kafka', minInSyncReplicas, replicationFactor }),
      checkNodePorts(KAFKA_NODE_PORT, brokers),
    ]);

    const { kafka: internal, kafkaHost: host } = PORTS;
    const logDir = nameDataDir('kafka');
    const isReady = runScript('is-ready.sh', String(internal), logDir);
    const configs = namePodHosts('kafka', brokers, props.namespace ?? NAMESPACE).map((podHost, ordinal) => [
      `server-${String(ordinal)}.properties`,
      renderKafkaConfig({
        brokerId: ordinal,
        listeners: [
          { name: 'INTERNAL', host: '', port: internal, advertisedHost: podHost, advertisedPort: internal },
          { name: 'HOST', host: '', port: host, advertisedHost: '127.0.0.1', advertisedPort: host + ordinal },
        ],
        zookeeperConnect: props.zookeeperServers,
        zookeeperSessionTimeoutMs: props.zookeeperSessionTimeoutMs ?? KAFKA_DEFAULTS.zookeeperSessionTimeoutMs,
        logDir,
        replicationFactor,
        minInSyncReplicas,
        initialRebalanceDelayMs: props.initialRebalanceDelayMs ?? KAFKA_DEFAULTS.initialRebalanceDelayMs,
        controlledShutdown: CONTROLLED_SHUTDOWN,
      }),
    ]);

    new JavaStatefulSet(this, 'brokers', {
      program: 'kafka',
      image: props.image ?? IMAGES.kafka,
      replicas: brokers,
      launcher: ['launch-kafka.sh', CONFIG_DIR, CONFIG_LINK],
      configFile: CONFIG_LINK,
      files: Object.fromEntries(configs) as Record<string, string>,
      scripts: ['is-ready.sh', 'is-in-sync.sh', 'metadata.sh'],
      ports: { internal, host },
      probes: {
        startup: probeCommand(isReady, {
          periodSeconds: STARTUP_PERIOD_SECONDS,
          failureThreshold: STARTUP_SECONDS / STARTUP_PERIOD_SECONDS,
          timeoutSeconds: PROBE_SECONDS,
        }),
        readiness: probeCommand(isReady, { periodSeconds: 5, failureThreshold: 2, timeoutSeconds: PROBE_SECONDS }),
        liveness: probeCommand(runScript('is-alive.sh', String(internal)), LIVENESS),
      },
      heapMiB: props.heapMiB ?? KAFKA_DEFAULTS.heapMiB,
      nonHeapMiB: KAFKA_DEFAULTS.nonHeapMiB,
      memoryLimitMiB: props.memoryLimitMiB ?? KAFKA_DEFAULTS.memoryLimitMiB,
      cpuRequestMillis: 100,
      storageGiB: props.storageGiB ?? KAFKA_DEFAULTS.storageGiB,
      ...(props.storageClass !== undefined && { storageClass: props.storageClass }),
      // Controlled shutdown moves the leaders away and flushes the logs.
      terminationGracePeriodSeconds: 90,
      ...(props.zones && { zones: props.zones }),
    });

    buildService(this, 'bootstrap', { name: 'kafka', tier: 'kafka', ports: { internal } });
    this.bootstrapServers = `kafka:${String(internal)}`;

    for (let ordinal = 0; ordinal < brokers; ordinal++) {
      buildService(this, `host-${String(ordinal)}`, {
        name: `kafka-host-${String(ordinal)}`,
        tier: 'kafka',
        podName: `kafka-${String(ordinal)}`,
        ports: { host },
        nodePort: KAFKA_NODE_PORT + ordinal,
        // A client that was sent to this broker must reach it, whatever its probe says.
        isPublishingNotReady: true,
      });
    }
  }
}
