import { EventEmitter } from 'node:events';
import { DEFAULT_TOPIC_SIZING, buildTopicSpecs, type TopicSizing } from '../../lib/contracts/topics.ts';
import { PORTS } from '../../lib/contracts/addresses.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import { ensureTopics } from '../../kafka/ensure-topics.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import { isScalable, type ScalableWorkload, type Workload } from '../../lib/contracts/replica.ts';
import type { ScenarioPlatform } from '../platform.ts';
import { waitUntil } from '../wait-until.ts';
import { requireService } from '../require-service.ts';
import { LOCAL_FACTS } from './local-facts.ts';
import { planPorts, type ClusterLayout } from './cluster-layout.ts';
import { claimDataFolder, type DataFolder } from './data-folder.ts';
import { readKafkaVersion } from './read-kafka-version.ts';
import { ensureJars } from './ensure-jars.ts';
import { createLocalCluster, type LocalCluster } from './local-cluster.ts';
import { startLocalDeployment, type LocalDeployment } from './local-deployment.ts';
import { readLogFile } from './read-log-file.ts';
import type { ReplicaProcess } from './replica-process.ts';
import { waitReady } from './wait-ready.ts';

/** Where the lab's data lie, and how it is to be started. */
interface LocalPlatformOptions {
  /** Folder of this lab's data, kept between runs. */
  readonly dataDir: string;
  /** Folder of the jars, shared by all labs of this machine. */
  readonly cacheDir: string;
  /** The README's ports, or any that are free. */
  readonly ports: 'fixed' | 'auto';
  /** Begin with empty data. @default false */
  readonly fresh?: boolean;
  /** @default { producer: 1, consumer: 1 } */
  readonly replicas?: { readonly producer: number; readonly consumer: number };
  /** @default six partitions, three copies, two in sync */
  readonly topics?: TopicSizing;
  /** Further variables of the services. @default none */
  readonly environment?: Readonly<Partial<Record<ScalableWorkload, Readonly<Record<string, string>>>>>;
  /** A consumer of somebody's own; `ServiceReplicaOptions.command` says how it is run. @default services/consumer */
  readonly consumerCommand?: readonly string[];
  /** Gives the start up. @default never */
  readonly signal?: AbortSignal;
  readonly logger: Logger;
  /** Told what happens, in sentences for people. */
  readonly tell: (sentence: string) => void;
}

/** The local platform while this process runs it. */
export interface LocalPlatform extends ScenarioPlatform {
  readonly dataDir: string;
  /** Ends everything in order: services, brokers, ZooKeeper. */
  stop(): Promise<void>;
}

const LAYOUT = 1;
const SIZE = { zookeeperServers: 3, brokers: 3 };
const START_TIMEOUT_MS = 120_000;
/** A service that has ended so often before it was ready does not get there by waiting; that takes some ten seconds. */
const MOST_ENDS = 5;

/**
 * Starts ZooKeeper, Kafka, the topics and the services as processes of this machine, and waits for them.
 * What was started is ended again when any of it fails.
 *
 * @throws AppError `missing-requirement`, `port-in-use`, `already-running`, `data-mismatch`, `timed-out`
 */
export async function startLocalPlatform(options: LocalPlatformOptions): Promise<LocalPlatform> {
  const { logger, tell } = options;
  const jarsDir = await ensureJars(options.cacheDir, tell);
  options.signal?.throwIfAborted();
  const kafkaVersion = await readKafkaVersion(jarsDir);
  const stamp = { layout: LAYOUT, kafka: kafkaVersion ?? 'unknown', ...SIZE };
  const folder = await claimDataFolder({ dir: options.dataDir, stamp, fresh: options.fresh ?? false, tell });
  const events = new EventEmitter<{ event: [PlatformEvent] }>().setMaxListeners(100);
  const emit = (event: PlatformEvent): void => void events.emit('event', event);
  const stops: (() => void | Promise<void>)[] = [() => folder.release()];
  const services: LocalDeployment[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      await Promise.all(services.map((service) => service.stop()));
      for (const part of stops.reverse()) await part();
    })());

  try {
    const layout = await planPorts(SIZE, options.ports);
    const cluster = createLocalCluster({ folder, layout, jarsDir, emit, logger });
    stops.push(() => cluster.stop());
    tell(`starting ${String(SIZE.zookeeperServers)} ZooKeeper servers and ${String(SIZE.brokers)} Kafka brokers`);
    cluster.start();
    const waiting = {
      what: 'everything to be ready',
      onSlow: tell,
      ...(options.signal && { signal: options.signal }),
    };
    await waitReady(cluster.replicas, waiting);
    const kafka = { brokers: cluster.bootstrapServers, clientId: 'lab', logger };
    const specs = buildTopicSpecs(options.topics ?? DEFAULT_TOPIC_SIZING);
    await waitUntil(() => ensureTopics(kafka, specs), {
      what: 'the topics',
      ...(options.signal ? { signal: options.signal } : {}),
      timeoutMs: START_TIMEOUT_MS,
      onSlow: tell,
    });

    const deploy = async (workload: ScalableWorkload): Promise<LocalDeployment> => {
      const deployment = await startLocalDeployment({
        workload,
        port: options.ports === 'auto' ? 0 : PORTS[workload],
        bootstrapServers: cluster.bootstrapServers,
        environment: options.environment?.[workload] ?? {},
        ...(workload === 'consumer' && options.consumerCommand && { command: options.consumerCommand }),
        folder,
        emit,
        logger,
      });
      services.push(deployment);
      deployment.scale(options.replicas?.[workload] ?? 1);
      return deployment;
    };
    tell('starting the services');
    const deployments = { producer: await deploy('producer'), consumer: await deploy('consumer') };
    await waitReady([...deployments.producer.replicas, ...deployments.consumer.replicas], {
      ...waiting,
      mostEnds: MOST_ENDS,
    });
    return {
      ...createPort({ folder, layout, cluster, deployments, events, stop }),
      readKafkaVersion: () => Promise.resolve(kafkaVersion),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface RunningLab {
  readonly folder: DataFolder;
  readonly layout: ClusterLayout;
  readonly cluster: LocalCluster;
  readonly deployments: Readonly<Record<ScalableWorkload, LocalDeployment>>;
  readonly events: EventEmitter<{ event: [PlatformEvent] }>;
  readonly stop: () => Promise<void>;
}

/** The platform port of a lab that runs. */
function createPort({ folder, layout, cluster, deployments, events, stop }: RunningLab): LocalPlatform {
  const rolling = new Set<Workload>();
  const listProcesses = (): readonly ReplicaProcess[] => [
    ...cluster.replicas,
    ...deployments.producer.replicas,
    ...deployments.consumer.replicas,
  ];
  const find = (name: string): ReplicaProcess => {
    const replica = listProcesses().find(({ spec }) => spec.name === name);
    if (replica === undefined) {
      const names = listProcesses().map(({ spec }) => spec.name);
      throw new AppError('no-such-target', `there is no replica ${name}; there are ${names.join(', ')}`);
    }
    return replica;
  };

  return {
    ...LOCAL_FACTS,
    dataDir: folder.dir,
    addresses: {
      kafka: cluster.bootstrapServers,
      producer: deployments.producer.url,
      consumer: deployments.consumer.url,
      zookeeper: layout.zookeeper.map(({ client }) => `127.0.0.1:${String(client)}`),
    },
    listReplicas: (workload?: Workload) => {
      const all = listProcesses().map((replica) => replica.snapshot());
      return Promise.resolve(workload === undefined ? all : all.filter((replica) => replica.workload === workload));
    },
    readScale: (workload) => Promise.resolve(deployments[workload].wanted),
    scale: (workload, replicas) => {
      return Promise.resolve().then(() => deployments[workload].scale(replicas));
    },
    async inject(fault) {
      await find(fault.target).inject(fault.kind);
      events.emit('event', { at: Date.now(), kind: 'fault', fault });
    },
    async roll(workload, variables) {
      if (variables !== undefined) requireService(workload);
      if (rolling.has(workload)) throw new AppError('conflict', `${workload} is being rolled already`);
      rolling.add(workload);
      try {
        if (isScalable(workload)) await deployments[workload].roll(variables);
        else await cluster.roll(workload);
      } finally {
        rolling.delete(workload);
      }
    },
    readVariables: (workload, names) => Promise.resolve(deployments[workload].readVariables(names)),
    readLogs: (replica, logOptions) => {
      if (!/^[\w-]+$/.test(replica)) throw new AppError('no-such-target', `${replica} is no replica's name`);
      return readLogFile(folder.path('logs', `${replica}.log`), replica, logOptions);
    },
    subscribe(listener) {
      events.on('event', listener);
      return () => void events.off('event', listener);
    },
    stop,
  };
}
