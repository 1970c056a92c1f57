import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';

export interface ForwarderOptions {
  /** Pods that may be connected to now; with none, connections are closed at once. */
  readonly listPods: () => readonly string[];
  /** Opens a connection to a pod. Rejects when the pod cannot be reached. */
  readonly connect: (pod: string) => Promise<Duplex>;
  readonly logger: Logger;
}

/** A port of this machine that leads into pods. */
export interface Forwarder {
  readonly url: string;
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/**
 * Listens on a free port of the loopback address and passes each connection on to one of the pods, in turn. A pod
 * that dies takes its own connections with it and no others.
 */
export async function startForwarder(options: ForwarderOptions): Promise<Forwarder> {
  let turn = 0;
  const open = new Set<Socket>();
  // Nothing is read before somebody is there to take it.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    const pods = options.listPods();
    turn += 1;
    // In turn, and on to the next when one has gone between its last sign of life and now.
    const candidates = pods.map((_, index) => pods[(turn + index) % pods.length] ?? '');
    void forward(client, candidates, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port: 0 }, resolve);
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

async function forward(client: Socket, pods: readonly string[], options: ForwarderOptions): Promise<void> {
  for (const pod of pods) {
    if (client.destroyed) return;
    try {
      join(client, await options.connect(pod));
      return;
    } catch (error) {
      options.logger.debug(`a connection to ${pod} could not be opened: ${messageOf(error)}`);
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
