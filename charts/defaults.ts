import { PORTS } from '../lib/contracts/addresses.ts';

/*
 * The sizes of the lab when nobody says otherwise: three of each, on two cores and 6 GiB with everything else.
 * Charts and settings take them from here.
 */

/** Where clients in the namespace find the brokers. */
export const DEFAULT_BOOTSTRAP_SERVERS = `kafka:${String(PORTS.kafka)}`;

/** The images by what runs in them. Kafka’s is also that of ZooKeeper. */
export const IMAGES = {
  /** One image for both programs: Kafka 3.9 is the last line that carries ZooKeeper. */
  kafka: 'apache/kafka:3.9.2',
  kafdrop: 'obsidiandynamics/kafdrop:4.2.0',
  /** Images that are built here, so from no registry; whoever synthesizes names the tags that there are. */
  producer: 'localhost/kafka-lab/producer:dev',
  consumer: 'localhost/kafka-lab/consumer:dev',
  operator: 'localhost/kafka-lab/operator:dev',
} as const;

/** Where the API server listens, as a pod reaches it: kubeadm's port, and so kind's. */
export const DEFAULT_API_SERVER_PORT = 6443;

/** A server of the ensemble, sized for a machine that holds the whole lab. */
export const ZOOKEEPER_DEFAULTS = {
  servers: 3,
  heapMiB: 64,
  /** What a server's JVM needs beside its heap: classes, code, threads. */
  nonHeapMiB: 96,
  memoryLimitMiB: 256,
  storageGiB: 1,
} as const;

/** A broker, sized for a machine that holds the whole lab. */
export const KAFKA_DEFAULTS = {
  brokers: 3,
  heapMiB: 192,
  /** What a broker's JVM needs beside its heap: classes, code, threads, and buffers of its connections. */
  nonHeapMiB: 192,
  memoryLimitMiB: 640,
  storageGiB: 5,
  /** Two starved cores let shorter sessions expire by themselves. */
  zookeeperSessionTimeoutMs: 9000,
  initialRebalanceDelayMs: 1000,
} as const;

/** A producer, consumer or operator; the delay is what a consumer takes for a record. */
export const SERVICE_DEFAULTS = {
  memoryLimitMiB: 256,
  logFormat: 'text',
  processingDelayMs: 0,
} as const;
