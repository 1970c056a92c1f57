import path from 'node:path';
import { LARGEST_SCALE } from '../../contracts/largest-scale.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Logger } from '../../log/create-logger.ts';
import type { PlatformEvent, ScalableWorkload } from '../platform.ts';
import type { DataFolder } from './data-folder.ts';
import { startFront, type Front } from './front.ts';
import { inheritEnvironment } from './inherited-environment.ts';
import { findFreePort, requireFreePort } from './ports.ts';
import { ReplicaProcess } from './replica-process.ts';

const LOOPBACK = '127.0.0.1';
const ROOT = path.resolve(import.meta.dirname, '../../..');
/** Compiled code of the services, which takes half of what their start costs: replicas share it. */
const COMPILE_CACHE = path.join(ROOT, 'node_modules', '.cache', 'kafka-lab');
const NODE_NAME = 'localhost';
const GRACE_MS = 20_000;
const PROBE_TIMEOUT_MS = 2000;

export interface LocalDeploymentOptions {
  readonly workload: ScalableWorkload;
  /** Port of the stable address; 0 for any that is free. */
  readonly port: number;
  readonly bootstrapServers: readonly string[];
  /** Further variables of the service. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: DataFolder;
  readonly emit: (event: PlatformEvent) => void;
  readonly logger: Logger;
  /** Names of replicas begin with it. @default the workload */
  readonly prefix?: string;
}

/** Replicas of one service behind one address, as a Deployment and a Service are in the cluster. */
export interface LocalDeployment {
  readonly url: string;
  /** Replicas that exist, those that are ending included. */
  readonly replicas: readonly ReplicaProcess[];
  /** How many replicas there should be. */
  readonly wanted: number;
  scale(replicas: number): void;
  stop(): Promise<void>;
}

/** @throws AppError `port-in-use` */
export async function startLocalDeployment(options: LocalDeploymentOptions): Promise<LocalDeployment> {
  const { workload, emit } = options;
  if (options.port !== 0) await requireFreePort(options.port, `the ${workload}s`);
  let counter = 0;
  /** In the order of their start; the newest goes first, as among pods that are alike. */
  const wanted: ReplicaProcess[] = [];
  const ending = new Set<ReplicaProcess>();

  const end = async (replica: ReplicaProcess): Promise<void> => {
    ending.add(replica);
    await replica.terminate();
    ending.delete(replica);
    emit({ at: Date.now(), kind: 'removed', replica: replica.snapshot(), reason: 'scaled down' });
  };
  const front: Front = await startFront(options.port, () =>
    wanted.flatMap((replica) => {
      const { phase, url } = replica.snapshot();
      return phase === 'ready' && url !== undefined ? [Number(new URL(url).port)] : [];
    }),
  );
  return {
    url: `http://${LOOPBACK}:${String(front.port)}`,
    get replicas() {
      return [...wanted, ...ending];
    },
    get wanted() {
      return wanted.length;
    },
    scale(replicas) {
      if (!Number.isInteger(replicas) || replicas < 0 || replicas > LARGEST_SCALE) {
        throw new AppError(
          'invalid-request',
          `${workload} cannot have ${String(replicas)} replicas here: it takes 0 to ${String(LARGEST_SCALE)}`,
        );
      }
      const from = wanted.length;
      if (replicas === from) return;
      emit({ at: Date.now(), kind: 'scaled', workload, from, to: replicas });
      while (wanted.length < replicas) {
        counter += 1;
        const replica = createReplica(options, `${options.prefix ?? workload}-${String(counter)}`);
        wanted.push(replica);
        replica.start();
      }
      for (const replica of wanted.splice(replicas)) void end(replica);
    },
    async stop() {
      const all = [...wanted.splice(0).map(end), ...[...ending].map((replica) => replica.terminate())];
      await Promise.all(all);
      await front.stop();
    },
  };
}

function createReplica(options: LocalDeploymentOptions, name: string): ReplicaProcess {
  const { workload, folder, bootstrapServers } = options;
  return new ReplicaProcess(
    {
      name,
      workload,
      gracePeriodMs: GRACE_MS,
      buildProcess: async (uid) => {
        const port = await findFreePort();
        const environment = {
          ...inheritEnvironment(),
          NODE_NO_WARNINGS: '1',
          NODE_COMPILE_CACHE: COMPILE_CACHE,
          HOST: LOOPBACK,
          PORT: String(port),
          KAFKA_BROKERS: bootstrapServers.join(','),
          POD_NAME: name,
          POD_UID: uid,
          NODE_NAME,
          ...options.environment,
        };
        return {
          url: `http://${LOOPBACK}:${String(port)}`,
          spec: {
            name,
            command: [process.execPath, path.join(ROOT, 'services', workload, 'main.ts')],
            environment,
            workingDir: ROOT,
            logFile: folder.path('logs', `${name}.log`),
            pidFile: folder.path('run', `${name}.pid`),
          },
        };
      },
      probe: async (url) => {
        if (url === undefined) return false;
        const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
        await response.body?.cancel();
        return response.ok;
      },
    },
    options.emit,
    options.logger,
  );
}
