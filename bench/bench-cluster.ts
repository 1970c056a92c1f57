import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { buildTopicSpecs } from '../lib/contracts/topics.ts';
import { createClusterConnection } from '../kafka/cluster-connection.ts';
import { ensureTopics } from '../kafka/ensure-topics.ts';
import { createLogReader, type LogReader } from '../kafka/log-reader.ts';
import { ensureJars } from '../platforms/local/ensure-jars.ts';
import { startLocalPlatform } from '../platforms/local/local-platform.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import { CACHE_DIR } from '../lab/lab-settings.ts';
import { startBenchProcess, type BenchProcess } from './bench-process.ts';
import type { ScalableWorkload } from '../lib/contracts/replica.ts';

/** Names of one measurement's topics and group. */
export interface BenchTopics {
  readonly topic: string;
  readonly receiptsTopic: string;
  readonly deadLettersTopic: string;
}

/** Real brokers of this machine, and processes that use them. */
export interface BenchCluster {
  readonly brokers: readonly string[];
  readonly jarsDir: string;
  /** Reads logs, and where they end. */
  readonly log: LogReader;
  /** Creates topics of their own for one measurement, in three copies with two in sync. */
  createTopics(name: string, partitions?: number): Promise<BenchTopics>;
  /**
   * Starts a service as the lab starts it, on a free port.
   *
   * @param environment beside brokers, topics, host, port and the replica's name
   */
  startService(
    workload: ScalableWorkload,
    name: string,
    topics: BenchTopics,
    environment?: Readonly<Record<string, string>>,
  ): BenchProcess;
  stop(): Promise<void>;
}

const ROOT = path.resolve(import.meta.dirname, '..');
const DEFAULT_PARTITIONS = 6;

/** Starts three ZooKeeper servers and three brokers with empty data, on free ports. */
export async function startBenchCluster(options: {
  readonly dataDir: string;
  readonly logger: Logger;
  readonly tell: (sentence: string) => void;
  readonly signal: AbortSignal;
}): Promise<BenchCluster> {
  const platform = await startLocalPlatform({
    ...options,
    cacheDir: CACHE_DIR,
    ports: 'auto',
    fresh: true,
    replicas: { producer: 0, consumer: 0 },
  });
  const cluster = await openBenchCluster({ ...options, brokers: platform.addresses.kafka });
  return {
    ...cluster,
    async stop() {
      await cluster.stop();
      await platform.stop();
    },
  };
}

/** Uses brokers that somebody else runs. */
export async function openBenchCluster(options: {
  readonly brokers: readonly string[];
  readonly logger: Logger;
  readonly tell: (sentence: string) => void;
}): Promise<BenchCluster> {
  const { brokers } = options;
  const kafka = { brokers, clientId: 'bench', logger: options.logger };
  const connection = createClusterConnection(kafka);
  return {
    brokers,
    jarsDir: await ensureJars(CACHE_DIR, options.tell),
    log: createLogReader(connection),
    async createTopics(name, partitions = DEFAULT_PARTITIONS) {
      const topic = `${name}-${randomUUID().slice(0, 8)}`;
      const specs = buildTopicSpecs({ partitions, replicationFactor: 3, minInSyncReplicas: 2 });
      await ensureTopics(
        kafka,
        specs.map((spec) => ({ ...spec, name: spec.name.replace(/^app/, topic) })),
      );
      return { topic, receiptsTopic: `${topic}.receipts`, deadLettersTopic: `${topic}.dead-letters` };
    },
    startService: (workload, name, { topic, receiptsTopic, deadLettersTopic }, environment = {}) =>
      startBenchProcess({
        name,
        command: [process.execPath, path.join(ROOT, 'services', workload, 'main.ts')],
        environment: {
          HOST: '127.0.0.1',
          PORT: '0',
          KAFKA_BROKERS: brokers.join(','),
          POD_NAME: name,
          POD_UID: name,
          NODE_NAME: 'localhost',
          TOPIC: topic,
          ...(workload === 'consumer' && {
            GROUP_ID: topic,
            RECEIPTS_TOPIC: receiptsTopic,
            DEAD_LETTERS_TOPIC: deadLettersTopic,
          }),
          LOG_FORMAT: 'json',
          DRAIN_MS: '200',
          ...environment,
        },
      }),
    stop: () => connection.disconnect(),
  };
}
