import { Duplex } from 'node:stream';
import type { KubeClient } from './kube-client.ts';

interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** The part of a WebSocket that is used here; the client's declarations need a package that it does not bring. */
export interface PodSocket {
  readonly readyState: number;
  onclose: (() => void) | null;
  send(data: Buffer, done: (error?: Error | null) => void): void;
  pause(): void;
  resume(): void;
  terminate(): void;
}

const OPEN = 1;

/** Channels of one forwarded port: what is sent and received, and why it went wrong. Each begins with the port. */
const DATA_CHANNEL = 0;
const ERROR_CHANNEL = 1;
const PORT_BYTES = 2;

/** How long a pod may be silent once the client has said all: that cannot be passed on. */
const HALF_CLOSED_MS = 10_000;

/**
 * A TCP connection to a port of a pod, through the API server. client-node's own port-forward writes without looking
 * whether the other side keeps up, and tells nobody when the connection ends.
 *
 * An end that only one side has reached cannot be told through a WebSocket of this protocol. When the client has
 * said all, the pod may still answer, until it closes the connection or has been silent for ten seconds.
 *
 * @throws AppError when the pod cannot be reached at all
 */
export async function connectToPod(client: KubeClient, { namespace, pod, port }: PodPort): Promise<Duplex> {
  const connection = new PodConnection();
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${String(port)}`;
  const socket = await client.call(
    `reach port ${String(port)} of ${pod}`,
    async () =>
      (await client.sockets.connect(path, null, (channel, data) => {
        connection.receive(channel, data);
        return true;
      })) as PodSocket,
  );
  connection.attach(socket);
  return connection;
}

/** The two ends of a forwarded connection as one stream; made for `connectToPod`. */
class PodConnection extends Duplex {
  #socket: PodSocket | undefined;
  #silence: NodeJS.Timeout | undefined;
  /** Bytes of the port number that are still to come, by channel. */
  readonly #prelude = [PORT_BYTES, PORT_BYTES];

  constructor() {
    super({ allowHalfOpen: true });
  }

  attach(socket: PodSocket): void {
    this.#socket = socket;
    socket.onclose = () => this.#end();
    if (socket.readyState !== OPEN) this.#end();
    if (this.destroyed) socket.terminate();
  }

  receive(channel: number, data: Buffer): void {
    const skipped = Math.min(this.#prelude[channel] ?? 0, data.length);
    this.#prelude[channel] = (this.#prelude[channel] ?? 0) - skipped;
    const content = data.subarray(skipped);
    if (content.length === 0 || this.destroyed) return;
    if (channel === ERROR_CHANNEL) this.destroy(new Error(content.toString('utf8')));
    else if (channel === DATA_CHANNEL) {
      this.#silence?.refresh();
      if (!this.push(content)) this.#socket?.pause();
    }
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#socket === undefined || this.#socket.readyState !== OPEN) {
      done(new Error('the connection to the pod has ended'));
      return;
    }
    this.#socket.send(Buffer.concat([Buffer.of(DATA_CHANNEL), chunk]), done);
  }

  override _final(done: () => void): void {
    this.#silence = setTimeout(() => this.destroy(), HALF_CLOSED_MS);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#silence);
    this.#socket?.terminate();
    done(error);
  }

  #end(): void {
    clearTimeout(this.#silence);
    if (!this.destroyed) this.push(null);
  }
}
