import { once } from 'node:events';
import { createServer, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { isIPv6, type AddressInfo, type Socket } from 'node:net';
import { AppError, messageOf } from '../errors/app-error.ts';
import { answerClientError } from './client-error.ts';
import type { HttpApp } from './create-http-app.ts';
import { decideMaxConnections, readMemoryLimit } from './memory-budget.ts';
import { MAX_HEADER_LINES } from './request-guard.ts';

/** Where a server listens, and what it puts up with. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0 asks the system for a free one. */
  readonly port: number;
  /** How long `stop()` waits for requests under way, in milliseconds. @default 5000 */
  readonly drainMs?: number;
  /** How long a request may take to arrive, in milliseconds; its headers get a third of it. @default 30000 */
  readonly arrivalTimeoutMs?: number;
  /** Connections beyond are closed at once. @default by the memory that the system leaves to the process */
  readonly maxConnections?: number;
}

/** A server that listens, and is ended in two steps or in one. */
export interface HttpServer {
  /** Reachable from this machine, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /**
   * From now on every answer asks its client for a new connection, which others than this server may take: the end comes,
   * and no request may be on its way over an old connection then. New connections are still taken.
   */
  drain(): void;
  /** Takes no new connections, answers what is under way, cuts off the rest after `drainMs`. Idempotent. */
  stop(): Promise<void>;
}

/** Bounds for clients that are slow or mean. */
function buildServerOptions(arrivalTimeoutMs: number): ServerOptions {
  return {
    maxHeaderSize: 16 * 1024,
    // What a connection may keep on its way, unread or unsent, beside what is counted.
    highWaterMark: 16 * 1024,
    // The application checks it and answers with a problem document.
    requireHostHeader: false,
    headersTimeout: arrivalTimeoutMs / 3,
    requestTimeout: arrivalTimeoutMs,
    connectionsCheckingInterval: arrivalTimeoutMs / 15,
    // Longer than clients and load balancers keep idle connections: it is not us who break one in use.
    keepAliveTimeout: 65_000,
    // Finds peers that vanished without a word; event streams would keep them for hours.
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  };
}

/** Silence on a connection: a client that does not read, or a handler without an end. Event streams have a heartbeat. */
const SOCKET_TIMEOUT_MS = 120_000;

/**
 * Serves an application.
 *
 * @throws AppError `port-in-use`, or `invalid-configuration` when the address cannot be listened on
 */
export async function startHttpServer(app: HttpApp, options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer(buildServerOptions(options.arrivalTimeoutMs ?? 30_000), app.listener);
  server.setTimeout(SOCKET_TIMEOUT_MS);
  server.maxConnections = options.maxConnections ?? decideMaxConnections(readMemoryLimit());
  server.maxHeadersCount = MAX_HEADER_LINES + 1;
  server.on('clientError', answerClientError);
  const end = createEnd(server, app, options.drainMs ?? 5000);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return { url: formatUrl(options.host, port), port, ...end };
}

async function listen(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw translateListenError(error, host, port);
  }
}

function translateListenError(error: unknown, host: string, port: number): AppError {
  const details = { host, port };
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE') {
    return new AppError('port-in-use', `Port ${port} on ${host} is in use by another program.`, {
      details,
      cause: error,
    });
  }
  const sentence = `Cannot listen on port ${port} of ${host}: ${messageOf(error)}.`;
  return new AppError('invalid-configuration', sentence, { details, cause: error });
}

function createEnd(server: Server, app: HttpApp, drainMs: number): Pick<HttpServer, 'drain' | 'stop'> {
  const sockets = new Set<Socket>();
  const underWay = new Set<ServerResponse>();
  let isDraining = false;
  let stopped: Promise<void> | undefined;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('request', (_request, response: ServerResponse) => {
    underWay.add(response);
    response.once('close', () => {
      underWay.delete(response);
      // The connection turns idle only after this event.
      if (stopped !== undefined) setImmediate(() => server.closeIdleConnections());
    });
    if (isDraining) askToClose(response);
  });
  const drain = (): void => {
    isDraining = true;
    for (const response of underWay) askToClose(response);
  };
  const stop = (): Promise<void> => {
    stopped ??= new Promise((resolve) => {
      const force = setTimeout(() => server.closeAllConnections(), drainMs);
      server.close(() => {
        clearTimeout(force);
        resolve();
      });
      app.endStreams();
      drain();
      // Browsers open connections in advance; for Node those are not idle but late with their first request.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    });
    return stopped;
  };
  return { drain, stop };
}

function askToClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

function formatUrl(host: string, port: number): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (isIPv6(host) ? `[${host}]` : host);
  return `http://${reachable}:${String(port)}`;
}
