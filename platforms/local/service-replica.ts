import path from 'node:path';
import { APP_GROUP, APP_TOPIC, RECEIPTS_TOPIC } from '../../lib/contracts/topics.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { ScalableWorkload } from '../../lib/contracts/replica.ts';
import type { DataFolder } from './data-folder.ts';
import { inheritEnvironment } from '../../lib/process/inherited-environment.ts';
import { LOOPBACK } from '../forwarder.ts';
import { expandReferences } from '../variable-references.ts';
import { findFreePort } from './ports.ts';
import { ReplicaProcess, type ReplicaProcessSpec } from './replica-process.ts';

/** What a replica of a service is started with, also when the service is somebody else’s. */
export interface ServiceReplicaOptions {
  readonly workload: ScalableWorkload;
  readonly bootstrapServers: readonly string[];
  /** Further variables of the service. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Program and arguments of a service of somebody's own, in any language, run in this process's working directory. Its
   * environment is `environment`, PATH, HOME and their like, and
   *
   * - `KAFKA_BROKERS`: `host:port` of the brokers, with commas between them
   * - `TOPIC`, `GROUP_ID`, `RECEIPTS_TOPIC`: what to read as a member of which group, and the topic of the ledger
   * - `CLIENT_ID`: the `client.id` to use, by which the lab knows the member; the replica's name, as in `POD_NAME`
   * - `POD_NAME`, `POD_UID`, `NODE_NAME`: the replica as the platform knows it
   * - `HOST`, `PORT`: where it may serve HTTP. If it does, it is ready while `GET /health/ready` is answered with 200.
   *   While nobody listens there and nobody has, it is ready when it has run for a second.
   *
   * It ends on SIGTERM, within twenty seconds.
   *
   * @default the lab's own service
   */
  readonly command?: readonly string[];
  readonly folder: DataFolder;
  readonly emit: (event: PlatformEvent) => void;
  readonly logger: Logger;
}

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Compiled code of the services, which takes half of what their start costs: replicas share it. */
const COMPILE_CACHE = path.join(ROOT, 'node_modules', '.cache', 'kafka-lab');
const NODE_NAME = 'localhost';
const GRACE_MS = 20_000;
const PROBE_TIMEOUT_MS = 2000;
/** A program that says nothing of itself is ready when it has run for so long. */
const SETTLED_MS = 1000;

/** A replica of a service; `start` starts it. */
export function createServiceReplica(options: ServiceReplicaOptions, name: string): ReplicaProcess {
  const { workload, command, folder } = options;
  let startedAt = 0;
  let hasAnswered = false;
  return new ReplicaProcess(
    {
      name,
      workload,
      gracePeriodMs: GRACE_MS,
      buildProcess: async (uid) => {
        const port = await findFreePort();
        startedAt = Date.now();
        hasAnswered = false;
        const environment = {
          ...inheritEnvironment(),
          HOST: LOOPBACK,
          PORT: String(port),
          KAFKA_BROKERS: options.bootstrapServers.join(','),
          POD_NAME: name,
          POD_UID: uid,
          NODE_NAME,
        };
        const told = { ...options, environment: expandSettings(options.environment, environment) };
        return {
          url: `http://${LOOPBACK}:${String(port)}`,
          spec: {
            name,
            ...(command === undefined ? buildOwn(told, environment) : buildForeign(told, environment, command)),
            logFile: folder.path('logs', `${name}.log`),
            pidFile: folder.path('run', `${name}.pid`),
          },
        };
      },
      probe: async (url) => {
        if (url === undefined) return false;
        try {
          const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
          hasAnswered = true;
          await response.body?.cancel();
          return response.ok;
        } catch (error) {
          if (command === undefined || hasAnswered || !isRefused(error)) throw error;
          return Date.now() - startedAt >= SETTLED_MS;
        }
      },
      isServing: () => command === undefined || hasAnswered,
    },
    options.emit,
    options.logger,
  );
}

/** A setting means the same on both platforms. */
function expandSettings(
  settings: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, expandReferences(value, environment)]),
  );
}

type Program = Pick<ReplicaProcessSpec, 'command' | 'environment' | 'workingDir'>;

function buildOwn(options: ServiceReplicaOptions, environment: Readonly<Record<string, string>>): Program {
  return {
    command: [process.execPath, path.join(ROOT, 'services', options.workload, 'main.ts')],
    environment: {
      ...environment,
      NODE_NO_WARNINGS: '1',
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      ...options.environment,
    },
    workingDir: ROOT,
  };
}

function buildForeign(
  options: ServiceReplicaOptions,
  environment: Readonly<Record<string, string>>,
  command: readonly string[],
): Program {
  return {
    command,
    environment: {
      ...environment,
      CLIENT_ID: environment['POD_NAME'] ?? '',
      TOPIC: APP_TOPIC,
      GROUP_ID: APP_GROUP,
      RECEIPTS_TOPIC,
      ...options.environment,
    },
    workingDir: process.cwd(),
  };
}

/** `fetch` gives the reason as a cause. */
function isRefused(error: unknown): boolean {
  const { cause } = error as { readonly cause?: NodeJS.ErrnoException };
  return cause?.code === 'ECONNREFUSED';
}
