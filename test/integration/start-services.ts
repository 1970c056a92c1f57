import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildTopicSpecs } from '../../lib/contracts/topics.ts';
import { ensureTopics } from '../../kafka/ensure-topics.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { connectLocalPlatform, type RemoteLocalPlatform } from '../../platforms/local/connect-local-platform.ts';
import { claimDataFolder } from '../../platforms/local/data-folder.ts';
import { startLocalDeployment, type LocalDeployment } from '../../platforms/local/local-deployment.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Fault, Replica, ScalableWorkload } from '../../lib/contracts/replica.ts';
import type { PlatformWith } from '../../platforms/platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { createLabObserver, type LabObserver } from '../../verify/history/lab-observer.ts';
import { CLUSTER_DIR } from './test-cluster.ts';

/** Services of one test: real processes on the run's real cluster, with a topic and a group of their own. */
export interface TestServices {
  readonly topic: string;
  readonly group: string;
  readonly cluster: RemoteLocalPlatform;
  readonly platform: Pick<PlatformWith<'scale' | 'faults'>, 'listReplicas' | 'scale' | 'inject' | 'addresses'>;
  readonly observer: LabObserver;
  readonly events: PlatformEvent[];
  readLog(replica: string): string;
  stop(): Promise<void>;
}

export interface TestServicesOptions {
  /** @default 6 */
  readonly partitions?: number;
  /** @default 1 */
  readonly consumers?: number;
  /** @default none */
  readonly consumerEnvironment?: Readonly<Record<string, string>>;
  readonly producerEnvironment?: Readonly<Record<string, string>>;
}

export async function startServices(options: TestServicesOptions = {}): Promise<TestServices> {
  const cluster = await connectLocalPlatform(CLUSTER_DIR);
  const logger = createSilentLogger();
  const topic = `t-${randomUUID().slice(0, 8)}`;
  const environment = {
    TOPIC: topic,
    GROUP_ID: topic,
    RECEIPTS_TOPIC: `${topic}.receipts`,
    DEAD_LETTERS_TOPIC: `${topic}.dead-letters`,
    DRAIN_MS: '200',
  };
  const sizing = { partitions: options.partitions ?? 6, replicationFactor: 3, minInSyncReplicas: 2 };
  const specs = buildTopicSpecs(sizing).map((spec) => ({ ...spec, name: spec.name.replace(/^app/, topic) }));
  const { kafka } = cluster.addresses;
  await ensureTopics({ brokers: kafka, clientId: 'test', logger }, specs);

  const dir = mkdtempSync(path.join(tmpdir(), 'kafka-lab-'));
  const stamp = { layout: 1, kafka: '-', zookeeperServers: 0, brokers: 0 };
  const folder = await claimDataFolder({ dir, stamp, fresh: false, tell: () => undefined });
  const events: PlatformEvent[] = [];
  const deploy = (workload: ScalableWorkload, extra: Readonly<Record<string, string>> = {}): Promise<LocalDeployment> =>
    startLocalDeployment({
      workload,
      port: 0,
      bootstrapServers: kafka,
      environment: { ...environment, ...extra },
      folder,
      emit: (event) => void events.push(event),
      logger,
      prefix: `${topic}-${workload}`,
    });
  const producer = await deploy('producer', options.producerEnvironment);
  const consumer = await deploy('consumer', options.consumerEnvironment);
  producer.scale(1);
  consumer.scale(options.consumers ?? 1);
  const listReplicas = (workload?: string): Promise<Replica[]> => {
    const all = [...producer.replicas, ...consumer.replicas].map((replica) => replica.snapshot());
    return Promise.resolve(workload === undefined ? all : all.filter((replica) => replica.workload === workload));
  };
  await waitUntil(
    async () => {
      const late = (await listReplicas()).filter(({ phase }) => phase !== 'ready').map(({ name }) => name);
      if (late.length > 0) throw new Error(`${late.join(', ')} not ready`);
      return true;
    },
    { what: 'the services', timeoutMs: 60_000 },
  );
  const observer = createLabObserver({
    brokers: kafka,
    group: topic,
    topic,
    receiptsTopic: `${topic}.receipts`,
    logger,
  });
  return {
    topic,
    group: topic,
    cluster,
    observer,
    events,
    platform: {
      addresses: { kafka, producer: producer.url, consumer: consumer.url, zookeeper: [] },
      listReplicas,
      scale: (workload, replicas) =>
        Promise.resolve().then(() => (workload === 'producer' ? producer : consumer).scale(replicas)),
      async inject(fault: Fault) {
        const target = [...producer.replicas, ...consumer.replicas].find(({ spec }) => spec.name === fault.target);
        if (target === undefined) throw new Error(`there is no ${fault.target}`);
        await target.inject(fault.kind);
      },
    },
    readLog: (replica) => readFileSync(folder.path('logs', `${replica}.log`), 'utf8'),
    async stop() {
      await observer.close();
      await Promise.all([producer.stop(), consumer.stop()]);
      folder.release();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
