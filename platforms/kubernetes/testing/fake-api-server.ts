import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createKubeClient, type KubeClient } from '../kube-client.ts';

/** An object of the API as far as the fake looks at it. */
export interface FakeObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion?: string };
}

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** Answers a request that is none of a collection. Nothing means 404. */
export type Answer = (request: FakeRequest, response: ServerResponse) => boolean;

/** An API server of one process: collections that are listed and watched, and what a test adds. */
export interface FakeApiServer {
  readonly client: KubeClient;
  readonly kubeconfigFile: string;
  /** All requests, as `GET /path`; watches as `WATCH /path`. */
  readonly requests: readonly string[];
  /** Connections that were accepted so far. */
  readonly connections: () => number;
  /** Adds or changes an object and tells the watches. */
  put(collection: string, object: FakeObject): void;
  /** Removes an object; `quietly` means that no watch is told. */
  remove(collection: string, name: string, how?: 'quietly'): void;
  /** Sends a line to all watches, whatever it is. */
  sendLine(line: string): void;
  /** Breaks the connections of all watches. */
  dropWatches(): void;
  /** From now on answers lists or watches with this status, or normally again. */
  refuse(what: 'lists' | 'watches', status: number | undefined): void;
  /** From now on takes requests and answers none, as a machine does that was unplugged. */
  mute(isMute: boolean): void;
  stop(): Promise<void>;
}

export const FAKE_CONTEXT = 'kind-fake';

/** Starts the fake with a kubeconfig of its own. */
export async function startFakeApiServer(answer: Answer = () => false): Promise<FakeApiServer> {
  const collections = new Map<string, Map<string, FakeObject>>();
  const watches = new Map<ServerResponse, string>();
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  const refused: { lists?: number | undefined; watches?: number | undefined } = {};
  let version = 100;
  let isMute = false;
  let connections = 0;

  const tell = (collection: string, type: string, object: FakeObject): void => {
    if (isMute) return;
    for (const [response, watched] of watches) {
      if (watched === collection) response.write(`${JSON.stringify({ type, object })}\n`);
    }
  };
  const fail = (response: ServerResponse, code: number): void => {
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', code, message: `the fake says ${String(code)}` }));
  };
  const answerWatch = (collection: string, request: IncomingMessage, response: ServerResponse): void => {
    if (refused.watches !== undefined) {
      fail(response, refused.watches);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    watches.set(response, collection);
    request.socket.on('close', () => watches.delete(response));
  };
  const answerList = (objects: ReadonlyMap<string, FakeObject>, response: ServerResponse): void => {
    if (refused.lists !== undefined) {
      fail(response, refused.lists);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ metadata: { resourceVersion: String(version) }, items: [...objects.values()] }));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const isWatch = url.searchParams.get('watch') === 'true';
    requests.push(`${isWatch ? 'WATCH' : (request.method ?? '')} ${url.pathname}`);
    if (isMute) return;
    const objects = collections.get(url.pathname);
    if (objects !== undefined && isWatch) answerWatch(url.pathname, request, response);
    else if (objects !== undefined && request.method === 'GET') answerList(objects, response);
    else {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { method = '', headers } = request;
      if (!answer({ method, path: url.pathname, query: url.searchParams, body, headers }, response))
        fail(response, 404);
    }
  };
  const server = createServer((request, response) => void handle(request, response));
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const dir = mkdtempSync(path.join(tmpdir(), 'kubeconfig-'));
  const kubeconfigFile = writeKubeconfig(dir, `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  const client = createKubeClient({ context: FAKE_CONTEXT, kubeconfigFile });

  return {
    client,
    kubeconfigFile,
    requests,
    connections: () => connections,
    put(collection, object) {
      const objects = collections.get(collection) ?? new Map<string, FakeObject>();
      collections.set(collection, objects);
      version += 1;
      const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
      const isNew = !objects.has(object.metadata.name);
      objects.set(object.metadata.name, stored);
      tell(collection, isNew ? 'ADDED' : 'MODIFIED', stored);
    },
    remove(collection, name, how) {
      const object = collections.get(collection)?.get(name);
      collections.get(collection)?.delete(name);
      version += 1;
      if (object !== undefined && how !== 'quietly') tell(collection, 'DELETED', object);
    },
    sendLine(line) {
      for (const response of watches.keys()) response.write(`${line}\n`);
    },
    dropWatches() {
      for (const response of watches.keys()) response.socket?.destroy();
    },
    refuse(what, status) {
      refused[what] = status;
    },
    mute(wanted) {
      isMute = wanted;
    },
    async stop() {
      await client.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(dir, { recursive: true });
    },
  };
}

/** Writes a kubeconfig of one context, in JSON, which YAML takes. */
export function writeKubeconfig(dir: string, server: string): string {
  const file = path.join(dir, 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    // Only by this flag does the client take a server without TLS.
    clusters: [{ name: 'fake', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'fake', user: {} }],
    contexts: [{ name: FAKE_CONTEXT, context: { cluster: 'fake', user: 'fake' } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}
