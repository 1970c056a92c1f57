import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '../lib/errors/app-error.ts';
import type { Logger } from '../lib/log/create-logger.ts';

interface ForwarderOptions<T> {
  /** Port to listen on. @default any that is free */
  readonly port?: number;
  /** Replicas that may be connected to now; with none, connections are closed at once. */
  readonly listTargets: () => readonly T[];
  /** Opens a connection to one of them. Rejects when it cannot be reached. */
  readonly connect: (target: T) => Promise<Duplex>;
  readonly logger: Logger;
}

/** A port of this machine that leads to replicas that come and go, as a Service does in the cluster. */
export interface Forwarder {
  readonly url: string;
  stop(): Promise<void>;
}

/** The loopback address, the only one at which anything here listens. */
export const LOOPBACK = '127.0.0.1';

/**
 * Listens on a port of the loopback address and passes each connection on to one of the replicas, in turn. A replica
 * that dies takes its own connections with it and no others.
 */
export async function startForwarder<T>(options: ForwarderOptions<T>): Promise<Forwarder> {
  let turn = 0;
  const open = new Set<Socket>();
  // Nothing is read before somebody is there to take it.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    const targets = options.listTargets();
    turn += 1;
    // In turn, and on to the next when one has gone between its last sign of life and now.
    const first = turn % Math.max(1, targets.length);
    void forward(client, [...targets.slice(first), ...targets.slice(0, first)], options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port: options.port ?? 0 }, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${LOOPBACK}:${String(port)}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of open) client.destroy();
      }),
  };
}

async function forward<T>(client: Socket, targets: readonly T[], options: ForwarderOptions<T>): Promise<void> {
  for (const target of targets) {
    if (client.destroyed) return;
    try {
      join(client, await options.connect(target));
      return;
    } catch (error) {
      options.logger.debug(`a connection to ${String(target)} could not be opened: ${messageOf(error)}`);
    }
  }
  client.destroy();
}

function join(client: Socket, backend: Duplex): void {
  // Both ends go together when one breaks; an end in order lets the other side finish.
  backend.on('error', () => client.destroy());
  backend.on('close', () => client.destroySoon());
  client.on('close', () => backend.destroy());
  if (client.destroyed) {
    backend.destroy();
    return;
  }
  client.pipe(backend).pipe(client);
}
