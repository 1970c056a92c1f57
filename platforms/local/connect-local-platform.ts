import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { AppError, messageOf, type ErrorCode } from '../../lib/errors/app-error.ts';
import { readLines } from '../../lib/lines/read-lines.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Replica } from '../../lib/contracts/replica.ts';
import type { Platform, ScenarioPlatform } from '../platform.ts';
import { CONTROL_SOCKET, type ControlLine, type ControlRequest } from './control.ts';
import { LOCAL_FACTS } from './local-facts.ts';

/** A lab that another process runs. */
export interface RemoteLocalPlatform extends ScenarioPlatform {
  /** Asks that process to end the lab, and waits until it has. */
  stop(): Promise<void>;
}

/**
 * Connects to the lab that runs on a data folder.
 *
 * @throws AppError `no-such-target` when none does
 */
export async function connectLocalPlatform(dataDir: string): Promise<RemoteLocalPlatform> {
  const socketFile = path.join(dataDir, CONTROL_SOCKET);
  const { addresses } = await call<Pick<Platform, 'addresses'>>(socketFile, { call: 'describe' });
  return {
    ...LOCAL_FACTS,
    addresses,
    async listReplicas(workload) {
      const all = await call<Replica[]>(socketFile, { call: 'list' });
      return workload === undefined ? all : all.filter((replica) => replica.workload === workload);
    },
    readScale: (workload) => call(socketFile, { call: 'read-scale', workload }),
    scale: (workload, replicas) => call(socketFile, { call: 'scale', workload, replicas }),
    inject: ({ kind, target }) => call(socketFile, { call: 'inject', kind, target }),
    roll: (workload, variables) =>
      call(socketFile, { call: 'roll', workload, ...(variables !== undefined && { variables }) }),
    readVariables: (workload, names) => call(socketFile, { call: 'read-variables', workload, names }),
    readLogs: (replica, { tail, follow, signal }) =>
      stream<string>(socketFile, { call: 'logs', replica, tail, follow }, signal),
    subscribe(listener) {
      const over = new AbortController();
      const listen = async (): Promise<void> => {
        for await (const event of stream<PlatformEvent>(socketFile, { call: 'events' }, over.signal)) listener(event);
      };
      // The lab's end is told by the calls; a stream that ends with it is no error of its own.
      listen().catch(() => undefined);
      return () => over.abort();
    },
    stop: () => call(socketFile, { call: 'stop' }),
  };
}

async function call<T>(socketFile: string, request: ControlRequest): Promise<T> {
  for await (const value of stream<T>(socketFile, request)) return value;
  throw new AppError('process-failed', 'the lab ended before it answered');
}

async function* stream<T>(socketFile: string, request: ControlRequest, signal?: AbortSignal): AsyncGenerator<T> {
  const socket = connect(socketFile);
  const end = (): void => void socket.destroy();
  signal?.addEventListener('abort', end, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    }).catch((cause: unknown) => {
      throw new AppError('no-such-target', 'no lab runs here; `npm run lab -- up` starts one', { cause });
    });
    socket.on('error', end);
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const { text, isEnded, isCut } of readLines(untilClosed(socket))) {
      if (!isEnded || isCut) throw new Error('an answer was cut off');
      const answer = JSON.parse(text) as ControlLine;
      if (answer.kind === 'error') throw new AppError(answer.code as ErrorCode, answer.message);
      yield answer.value as T;
    }
  } catch (error) {
    if (signal?.aborted) return;
    if (error instanceof AppError) throw error;
    throw new AppError('process-failed', `the connection to the lab broke: ${messageOf(error)}`, { cause: error });
  } finally {
    signal?.removeEventListener('abort', end);
    socket.destroy();
  }
}

/** What comes over a connection; one that breaks has ended. */
async function* untilClosed(socket: Socket): AsyncGenerator {
  try {
    yield* socket;
  } catch {
    // Whoever waits for an answer finds that there is none.
  }
}
