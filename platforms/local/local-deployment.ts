import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { AppError } from '../../lib/errors/app-error.ts';
import type { ServiceVariables } from '../../lib/contracts/replica.ts';
import { LOOPBACK, startForwarder } from '../forwarder.ts';
import { requireScale } from '../require-scale.ts';
import { requireFreePort } from './ports.ts';
import type { ReplicaProcess } from './replica-process.ts';
import { createServiceReplica, type ServiceReplicaOptions } from './service-replica.ts';
import { waitReady } from './wait-ready.ts';

/** What the replicas are, and where they are reached. */
interface LocalDeploymentOptions extends ServiceReplicaOptions {
  /** Port of the stable address; 0 for any that is free. */
  readonly port: number;
  /** Names of replicas begin with it. @default the workload */
  readonly prefix?: string;
}

const CONNECT_TIMEOUT_MS = 1000;

/** Replicas of one service behind one address, as a Deployment and a Service are in the cluster. */
export interface LocalDeployment {
  readonly url: string;
  /** Replicas that exist, those that are ending included. */
  readonly replicas: readonly ReplicaProcess[];
  /** How many replicas there should be. */
  readonly wanted: number;
  scale(replicas: number): void;
  /**
   * Replaces the replicas there are, the oldest first: its successor starts, and when that is ready, it ends.
   *
   * @param variables what those that start from now on have in their environment beside what they have already
   * @throws AppError `timed-out`, `process-failed` when a successor does not become ready; it ends, and the rest stays
   * @throws AppError `shutting-down` when the deployment is stopped meanwhile
   */
  roll(variables?: ServiceVariables): Promise<void>;
  /** What those that start from now on have of the further variables of the service. */
  readVariables(names: readonly string[]): ServiceVariables;
  stop(): Promise<void>;
}

/**
 * Begins without replicas.
 *
 * @throws AppError `port-in-use`
 */
export async function startLocalDeployment(options: LocalDeploymentOptions): Promise<LocalDeployment> {
  const { workload, emit } = options;
  if (options.port !== 0) await requireFreePort(options.port, `the ${workload}s`);
  const template = createTemplate(options);
  /** In the order of their start; the newest goes first, as among pods that are alike. */
  const wanted: ReplicaProcess[] = [];
  /** Beyond the number that is wanted, until they take the place of another. */
  const successors = new Set<ReplicaProcess>();
  const ending = new Set<ReplicaProcess>();
  const stopping = new AbortController();

  const end = async (replica: ReplicaProcess, reason: string): Promise<void> => {
    ending.add(replica);
    await replica.terminate();
    ending.delete(replica);
    emit({ at: Date.now(), kind: 'removed', replica: replica.snapshot(), reason });
  };
  const replace = async (old: ReplicaProcess): Promise<void> => {
    const successor = template.create();
    successors.add(successor);
    successor.start();
    try {
      const what = `${successor.spec.name} to take the place of ${old.spec.name}`;
      await waitReady([successor], { what, signal: stopping.signal });
    } catch (error) {
      if (successors.delete(successor)) await end(successor, 'rolled');
      throw error;
    }
    successors.delete(successor);
    const place = wanted.indexOf(old);
    // It was scaled down meanwhile, and its successor is one too many.
    if (place === -1) return end(successor, 'scaled down');
    wanted.splice(place, 1);
    wanted.push(successor);
    return end(old, 'rolled');
  };
  const forwarder = await startForwarder({
    port: options.port,
    listTargets: () => listReadyPorts([...wanted, ...successors]),
    connect: connectTo,
    logger: options.logger,
  });
  return {
    url: forwarder.url,
    get replicas() {
      return [...wanted, ...successors, ...ending];
    },
    get wanted() {
      return wanted.length;
    },
    scale(replicas) {
      requireScale(workload, replicas);
      const from = wanted.length;
      if (replicas === from) return;
      emit({ at: Date.now(), kind: 'scaled', workload, from, to: replicas });
      while (wanted.length < replicas) {
        const replica = template.create();
        wanted.push(replica);
        replica.start();
      }
      for (const replica of wanted.splice(replicas)) void end(replica, 'scaled down');
    },
    async roll(variables = {}) {
      template.revise(variables);
      for (const old of [...wanted]) if (wanted.includes(old)) await replace(old);
      stopping.signal.throwIfAborted();
    },
    readVariables: (names) => template.readVariables(names),
    async stop() {
      stopping.abort(new AppError('shutting-down', `the ${workload}s end`));
      const going = [...wanted.splice(0), ...successors];
      successors.clear();
      const all = [...ending].map((replica) => replica.terminate());
      await Promise.all([...going.map((replica) => end(replica, 'scaled down')), ...all]);
      await forwarder.stop();
    },
  };
}

/** What replicas are made from, as the template of a Deployment's pods: a roll revises it. */
function createTemplate(options: LocalDeploymentOptions) {
  let counter = 0;
  let revision = 1;
  let { environment } = options;
  return {
    create(): ReplicaProcess {
      counter += 1;
      // As pods have the hash of their version in their names: it tells a roll's newcomers from those that are scaled up.
      const version = revision === 1 ? '' : `r${String(revision)}-`;
      const name = `${options.prefix ?? options.workload}-${version}${String(counter)}`;
      return createServiceReplica({ ...options, environment }, name);
    },
    revise(variables: ServiceVariables): void {
      revision += 1;
      const all = Object.entries({ ...environment, ...variables });
      environment = Object.fromEntries(all.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
    },
    readVariables: (names: readonly string[]): ServiceVariables =>
      Object.fromEntries(names.map((name) => [name, environment[name] ?? null])),
  };
}

function listReadyPorts(replicas: readonly ReplicaProcess[]): readonly number[] {
  return replicas.flatMap((replica) => {
    const { phase, url } = replica.snapshot();
    return phase === 'ready' && url !== undefined ? [Number(new URL(url).port)] : [];
  });
}

/** @throws when nobody listens there, or answers in time */
async function connectTo(port: number): Promise<Socket> {
  const socket = connect({ host: LOOPBACK, port, allowHalfOpen: true, noDelay: true });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  }
}
