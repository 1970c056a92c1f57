import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps, type RequestOptions } from 'node:https';
import { PassThrough } from 'node:stream';
import { AppsV1Api, CoreV1Api, CustomObjectsApi } from '@kubernetes/client-node';
// The package does not export it by name; what it makes for exec and port-forward itself ends our standard output.
import { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { CALL_TIMEOUT_MS, LabKubeConfig } from './lab-kube-config.ts';
import { translateKubeError } from './kube-errors.ts';

interface KubeClientOptions {
  /** Name of the context in the kubeconfig; the current one is never used by itself. */
  readonly context: string;
  /** @default as kubectl finds it: KUBECONFIG, then ~/.kube/config */
  readonly kubeconfigFile?: string;
}

/** The doors to one API server. Errors of calls are AppErrors when they come through `call`. */
export interface KubeClient {
  readonly context: string;
  readonly server: string;
  readonly config: LabKubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly custom: CustomObjectsApi;
  readonly sockets: WebSocketHandler;
  /**
   * Makes a call and gives its errors a sentence.
   *
   * @param what to follow "could not": "list the pods"
   * @throws AppError `no-such-target`, `conflict`, `invalid-request`, `timed-out`, `process-failed`
   */
  call<T>(what: string, makeCall: () => Promise<T>): Promise<T>;
  /**
   * A GET whose body is read as it comes; `signal` ends it.
   *
   * @throws AppError as `call`
   */
  openStream(what: string, path: string, signal: AbortSignal): Promise<IncomingMessage>;
  close(): Promise<void>;
}

/**
 * Makes a client for the named context. Nothing is asked of the API server yet.
 *
 * @throws AppError `invalid-configuration` when the kubeconfig cannot be read
 * @throws AppError `no-such-target` when it has no such context
 */
export function createKubeClient({ context, kubeconfigFile }: KubeClientOptions): KubeClient {
  return buildKubeClient(loadConfig(context, kubeconfigFile), context);
}

/**
 * Makes a client for a process in a pod, with the rights of its service account.
 *
 * @throws AppError `invalid-configuration` outside of a cluster
 */
export function createInClusterClient(): KubeClient {
  const config = new LabKubeConfig();
  try {
    config.loadFromCluster();
  } catch (cause) {
    throw new AppError('invalid-configuration', `this is no pod with a service account: ${messageOf(cause)}`, {
      cause,
    });
  }
  if (URL.parse(config.getCurrentCluster()?.server ?? '') === null) {
    throw new AppError('invalid-configuration', 'this is no pod: nothing says where the API server is');
  }
  return buildKubeClient(config, 'in-cluster');
}

function buildKubeClient(config: LabKubeConfig, context: string): KubeClient {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new AppError('invalid-configuration', `context ${context} names a cluster that the kubeconfig does not have`);
  }
  const call: KubeClient['call'] = async (what, makeCall) => {
    try {
      return await makeCall();
    } catch (error) {
      throw translateKubeError(error, { what, context, server });
    }
  };
  return {
    context,
    server,
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    // By default a message that closes a stream would close standard output of this process.
    sockets: new WebSocketHandler(config, undefined, createIdleStreams()),
    call,
    openStream: (what, path, signal) => call(what, () => openStream(config, server + path, signal)),
    close: () => config.closeConnections(),
  };
}

function loadConfig(context: string, file: string | undefined): LabKubeConfig {
  const config = new LabKubeConfig();
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (cause) {
    throw new AppError('invalid-configuration', `the kubeconfig cannot be read: ${messageOf(cause)}`, { cause });
  }
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) {
    // What client-node makes up when there is no kubeconfig at all.
    const real = known.filter((name) => name !== 'loaded-context' && name !== 'inClusterContext');
    const there = real.length === 0 ? 'there is none' : `there ${real.length === 1 ? 'is' : 'are'} ${real.join(', ')}`;
    throw new AppError(
      'no-such-target',
      `the kubeconfig has no context ${context}: ${there}; \`make kind-up\` makes the lab's cluster`,
    );
  }
  config.setCurrentContext(context);
  return config;
}

function createIdleStreams() {
  return { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
}

/**
 * client-node's own reader of logs is no help here: when its connection breaks, the error of its stream is nobody's,
 * and ends the process.
 */
async function openStream(config: LabKubeConfig, url: string, signal: AbortSignal): Promise<IncomingMessage> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(url, { ...options, signal }, resolve);
    const timer = setTimeout(
      () => outgoing.destroy(Object.assign(new Error('no answer'), { name: 'TimeoutError' })),
      CALL_TIMEOUT_MS,
    );
    outgoing.on('socket', (socket) => socket.setKeepAlive(true, 30_000));
    outgoing.on('response', () => clearTimeout(timer));
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    outgoing.end();
  });
  if (response.statusCode === 200) return response;
  response.setEncoding('utf8');
  let body = '';
  for await (const chunk of response) body += String(chunk);
  throw Object.assign(new Error('refused'), { statusCode: response.statusCode ?? 500, body });
}
