import { request as sendRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Registry } from 'prom-client';
import type { Logger } from '../log/create-logger.ts';
import { createHttpApp, type HttpAppProps } from './create-http-app.ts';
import { startHttpServer, type HttpServer, type HttpServerOptions } from './start-http-server.ts';

/** A served application of a test, on a free port of loopback. */
export interface TestServer extends HttpServer {
  readonly registry: Registry;
  /** What was logged as an error. */
  readonly errors: unknown[];
}

/** Serves an application whose routes are a test's own. */
export async function startTestServer(
  props: Partial<HttpAppProps> = {},
  options: Partial<HttpServerOptions> = {},
): Promise<TestServer> {
  const registry = new Registry();
  const errors: unknown[] = [];
  const ignore = () => undefined;
  const logger: Logger = {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (facts: unknown) => void errors.push(facts),
  };
  const app = createHttpApp({
    title: 'Test',
    version: '1.2.3',
    description: 'For tests.',
    routes: [],
    health: { live: () => ({ ok: true }), ready: () => ({ ok: true }) },
    allowedHosts: ['producer'],
    registry,
    logger,
    ...props,
  });
  return { ...(await startHttpServer(app, { host: '127.0.0.1', port: 0, ...options })), registry, errors };
}

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request with headers that `fetch` would not send, on a connection of its own. */
export async function sendWithHeaders(
  server: HttpServer,
  { method = 'GET', path = '/', headers = {} }: { method?: string; path?: string; headers?: Record<string, string> },
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = sendRequest({ host: '127.0.0.1', port: server.port, method, path, headers, agent: false });
    request.once('error', reject);
    request.once('response', (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      );
    });
    request.end();
  });
}

/** Writes bytes to a connection and gives back all that comes until it is closed. */
export async function sendBytes(server: HttpServer, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    // A peer that closes with bytes unread resets the connection: also an end.
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(received));
    socket.write(bytes);
  });
}
