import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { buildJavaCommand, type JavaProgram } from '../../lib/cluster-config/java-command.ts';
import { renderKafkaConfig } from '../../lib/cluster-config/kafka-config.ts';
import { renderLog4jConfig } from '../../lib/cluster-config/log4j-config.ts';
import { renderZooKeeperConfig } from '../../lib/cluster-config/zookeeper-config.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import { LOOPBACK } from '../forwarder.ts';
import { createReplicationInspector, type ReplicationInspector } from '../../kafka/replication-inspector.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import { waitUntil } from '../wait-until.ts';
import type { ClusterLayout } from './cluster-layout.ts';
import type { DataFolder } from './data-folder.ts';
import { askZooKeeper, readServerRole } from '../zookeeper/four-letter-word.ts';
import { inheritEnvironment } from '../../lib/process/inherited-environment.ts';
import { ReplicaProcess, type ReplicaProcessSpec } from './replica-process.ts';
import { waitReady } from './wait-ready.ts';

const ZOOKEEPER_HEAP_MIB = 64;
const KAFKA_HEAP_MIB = 192;
/** Two starved cores are no reason to lose a session; a killed broker is noticed after this time. */
const ZOOKEEPER_SESSION_TIMEOUT_MS = 6000;
const ZOOKEEPER_GRACE_MS = 5000;
const KAFKA_GRACE_MS = 30_000;
const IN_SYNC_TIMEOUT_MS = 120_000;

interface LocalClusterOptions {
  readonly folder: DataFolder;
  readonly layout: ClusterLayout;
  readonly jarsDir: string;
  readonly emit: (event: PlatformEvent) => void;
  readonly logger: Logger;
}

/** The ZooKeeper ensemble and the brokers, as processes of this machine. */
export interface LocalCluster {
  readonly replicas: readonly ReplicaProcess[];
  readonly bootstrapServers: readonly string[];
  start(): void;
  /**
   * Replaces the servers of a program one after the other, the one of the highest ordinal first, as a StatefulSet does:
   * each is ended, started as a new replica with the old one's name and data, and waited for until it serves and, if it
   * is a broker, is in sync.
   *
   * @throws AppError `timed-out` when one does not become ready; it is kept running, and those before it stay as they are
   * @throws AppError `shutting-down` when the cluster is stopped meanwhile
   */
  roll(program: JavaProgram): Promise<void>;
  /** Brokers first: they hand their leaderships over while ZooKeeper still answers. */
  stop(): Promise<void>;
}

/** The ensemble and the brokers of a layout. No process runs before `start`. */
export function createLocalCluster(options: LocalClusterOptions): LocalCluster {
  markNewEnsemble(options);
  const bootstrapServers = options.layout.kafka.map((port) => `${LOOPBACK}:${String(port)}`);
  const replication = createReplicationInspector({
    brokers: bootstrapServers,
    clientId: 'lab',
    logger: options.logger,
  });
  const create = {
    zookeeper: (ordinal: number) => createServer(options, ordinal),
    kafka: (ordinal: number) => createBroker(options, ordinal, replication),
  };
  const servers: Readonly<Record<JavaProgram, ReplicaProcess[]>> = {
    zookeeper: options.layout.zookeeper.map((_, ordinal) => create.zookeeper(ordinal)),
    kafka: options.layout.kafka.map((_, ordinal) => create.kafka(ordinal)),
  };
  const stopping = new AbortController();
  const { signal } = stopping;

  const replace = async (program: JavaProgram, ordinal: number, old: ReplicaProcess): Promise<void> => {
    await old.terminate();
    options.emit({ at: Date.now(), kind: 'removed', replica: old.snapshot(), reason: 'rolled' });
    signal.throwIfAborted();
    const successor = create[program](ordinal);
    servers[program][ordinal] = successor;
    successor.start();
    const { name } = successor.spec;
    await waitReady([successor], { what: `${name} to be ready again`, signal });
    if (program === 'zookeeper') return;
    // It was in sync when it became ready. The next one goes only while it still is.
    await waitUntil(async () => (await replication.isInSync(ordinal)) || undefined, {
      what: `${name} to be in sync`,
      timeoutMs: IN_SYNC_TIMEOUT_MS,
      signal,
    });
  };
  return {
    get replicas() {
      return [...servers.zookeeper, ...servers.kafka];
    },
    bootstrapServers,
    start: () => [...servers.zookeeper, ...servers.kafka].forEach((replica) => replica.start()),
    async roll(program) {
      for (const [ordinal, old] of [...servers[program].entries()].toReversed()) {
        signal.throwIfAborted();
        await replace(program, ordinal, old);
      }
    },
    async stop() {
      stopping.abort(new AppError('shutting-down', 'the cluster ends'));
      await replication.close();
      await Promise.all(servers.kafka.map((replica) => replica.terminate()));
      await Promise.all(servers.zookeeper.map((replica) => replica.terminate()));
    },
  };
}

/**
 * Tells the servers of a new ensemble that their empty disks are nothing lost: ZooKeeper takes the file away. Where one
 * server has data, another one without has lost them, and must not vote before it has caught up.
 */
function markNewEnsemble({ folder, layout }: LocalClusterOptions): void {
  const dirs = layout.zookeeper.map((_, ordinal) => folder.path('data', `zookeeper-${String(ordinal)}`));
  if (dirs.some((dir) => existsSync(`${dir}/version-2`))) return;
  for (const dir of dirs) {
    mkdirSync(dir, { recursive: true });
    writeFileSync(`${dir}/initialize`, '');
  }
}

function createServer(options: LocalClusterOptions, ordinal: number): ReplicaProcess {
  const name = `zookeeper-${String(ordinal)}`;
  const { folder, layout } = options;
  const clientPort = layout.zookeeper[ordinal]?.client ?? 0;
  const spec = {
    name,
    workload: 'zookeeper' as const,
    ordinal,
    gracePeriodMs: ZOOKEEPER_GRACE_MS,
    buildProcess: () => {
      const dataDir = folder.path('data', name);
      mkdirSync(dataDir, { recursive: true });
      writeFileSync(`${dataDir}/myid`, `${String(ordinal + 1)}\n`);
      const config = renderZooKeeperConfig({
        dataDir,
        fixed: {
          clientPort,
          clientAddress: LOOPBACK,
          servers: layout.zookeeper.map(({ peer, election }, index) => ({
            id: index + 1,
            host: LOOPBACK,
            peerPort: peer,
            electionPort: election,
          })),
        },
      });
      return Promise.resolve({ spec: buildJavaProcess(options, name, 'zookeeper', config, ZOOKEEPER_HEAP_MIB) });
    },
    // A server that only runs is not ready: it must serve, as the leader or a follower of a quorum.
    probe: async () => (await readServerRole(LOOPBACK, clientPort)) !== undefined,
  };
  return new ReplicaProcess(spec, options.emit, options.logger);
}

function createBroker(
  options: LocalClusterOptions,
  ordinal: number,
  replication: ReplicationInspector,
): ReplicaProcess {
  let isInSync = false;
  const name = `kafka-${String(ordinal)}`;
  const { folder, layout } = options;
  const port = layout.kafka[ordinal] ?? 0;
  const copies = Math.min(3, layout.kafka.length);
  const spec = {
    name,
    workload: 'kafka' as const,
    ordinal,
    gracePeriodMs: KAFKA_GRACE_MS,
    prepare: (signal: AbortSignal) => waitForOldSession(options, ordinal, signal),
    buildProcess: () => {
      isInSync = false;
      const logDir = folder.path('data', name);
      mkdirSync(logDir, { recursive: true });
      const config = renderKafkaConfig({
        brokerId: ordinal,
        listeners: [{ name: 'LOCAL', host: LOOPBACK, port, advertisedHost: LOOPBACK, advertisedPort: port }],
        zookeeperConnect: layout.zookeeper.map(({ client }) => `${LOOPBACK}:${String(client)}`),
        zookeeperSessionTimeoutMs: ZOOKEEPER_SESSION_TIMEOUT_MS,
        logDir,
        replicationFactor: copies,
        minInSyncReplicas: Math.max(1, copies - 1),
        initialRebalanceDelayMs: 0,
        // All brokers stop at once here, and nobody can take over: waiting three times for it helps nobody.
        controlledShutdown: { maxRetries: 1, retryBackoffMs: 500 },
      });
      return Promise.resolve({ spec: buildJavaProcess(options, name, 'kafka', config, KAFKA_HEAP_MIB) });
    },
    // Once in sync after its start, a broker is ready as long as its port is open.
    probe: async () => {
      if (!(await acceptsConnections(port))) return false;
      isInSync ||= await replication.isInSync(ordinal);
      return isInSync;
    },
  };
  return new ReplicaProcess(spec, options.emit, options.logger);
}

function buildJavaProcess(
  { folder, jarsDir }: LocalClusterOptions,
  name: string,
  program: JavaProgram,
  config: string,
  heapMiB: number,
): ReplicaProcessSpec {
  const configFile = folder.path('conf', `${name}.properties`);
  const log4jFile = folder.path('conf', 'log4j.properties');
  const tmpDir = folder.path('tmp');
  writeFileSync(configFile, config);
  writeFileSync(log4jFile, renderLog4jConfig());
  return {
    name,
    command: buildJavaCommand({ program, libDir: jarsDir, configFile, log4jFile, heapMiB, tmpDir }),
    environment: inheritEnvironment(),
    workingDir: folder.dir,
    logFile: folder.path('logs', `${name}.log`),
    pidFile: folder.path('run', `${name}.pid`),
  };
}

/**
 * A broker that was killed is registered until its ZooKeeper session ends, and its successor would die of
 * that registration. So the successor waits until no server knows it any more.
 */
async function waitForOldSession(
  { layout, logger }: LocalClusterOptions,
  id: number,
  signal: AbortSignal,
): Promise<void> {
  const registration = `/brokers/ids/${String(id)}\n`;
  const isGone = async (): Promise<true | undefined> => {
    const dumps = await Promise.all(
      layout.zookeeper.map(({ client }) => askZooKeeper(LOOPBACK, client, 'dump').catch(() => undefined)),
    );
    const answers = dumps.filter((dump) => dump !== undefined && !dump.includes('not currently serving'));
    if (answers.length <= layout.zookeeper.length / 2) return undefined;
    return answers.some((dump) => dump?.includes(registration)) ? undefined : true;
  };
  await waitUntil(isGone, {
    what: `a ZooKeeper quorum, and the end of the old session of kafka-${String(id)}`,
    timeoutMs: Number.POSITIVE_INFINITY,
    intervalMs: 200,
    signal,
    onSlow: (sentence) => logger.info(sentence),
  });
}

function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, timeout: 1000 });
    const answer = (isOpen: boolean) => () => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.on('connect', answer(true)).on('error', answer(false)).on('timeout', answer(false));
  });
}
