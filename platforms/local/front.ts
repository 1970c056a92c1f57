import { connect, createServer, type Socket } from 'node:net';

/** A stable address for replicas that come and go, as a Service is in the cluster: one backend a connection. */
export interface Front {
  readonly port: number;
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const CONNECT_TIMEOUT_MS = 1000;

/**
 * @param listBackends ports of the replicas that are ready now; with none, connections are closed at once
 */
export async function startFront(port: number, listBackends: () => readonly number[]): Promise<Front> {
  let turn = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    const backends = listBackends();
    turn += 1;
    // In turn, and on to the next when one has gone between its last probe and now.
    const candidates = backends.map((_, index) => backends[(turn + index) % backends.length]);
    forward(client, candidates);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port }, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of open) client.destroy();
      }),
  };
}

function forward(client: Socket, [port, ...others]: readonly (number | undefined)[]): void {
  if (port === undefined || client.destroyed) {
    client.destroy();
    return;
  }
  let isConnected = false;
  const backend = connect({ host: LOOPBACK, port, timeout: CONNECT_TIMEOUT_MS });
  backend.on('timeout', () => backend.destroy(new Error('no answer')));
  backend.on('connect', () => {
    isConnected = true;
    backend.setTimeout(0);
    client.pipe(backend).pipe(client);
  });
  backend.on('error', () => {
    if (isConnected) client.destroy();
    else forward(client, others);
  });
  backend.on('close', () => {
    if (isConnected) client.end();
  });
  client.on('close', () => backend.destroy());
}
