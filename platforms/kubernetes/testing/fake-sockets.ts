import type { KubeClient } from '../kube-client.ts';
import type { PodSocket } from '../pod-connection.ts';

/** How the other side of a WebSocket behaves. */
export interface FakePeer {
  /** Called with the path when a connection is wanted. Throws to refuse it. */
  readonly onConnect?: (path: string) => void;
  /** Called once it is open. */
  readonly onOpen?: (socket: FakeSocket, path: string) => void;
  /** Called with what was sent. */
  readonly onSend?: (socket: FakeSocket, data: Buffer) => void;
}

/** A WebSocket without a network: a test says what comes from the other side. */
export class FakeSocket implements PodSocket {
  readyState = 1;
  onclose: (() => void) | null = null;
  isPaused = false;
  isTerminated = false;
  readonly sent: Buffer[] = [];
  readonly #peer: FakePeer;
  readonly #deliver: (channel: number, data: Buffer) => boolean;

  constructor(peer: FakePeer, deliver: (channel: number, data: Buffer) => boolean) {
    this.#peer = peer;
    this.#deliver = deliver;
  }

  /** What the other side sends on a channel. client-node closes when it was the last word. */
  receive(channel: number, data: Buffer | string): void {
    if (!this.#deliver(channel, Buffer.from(data))) this.close();
  }

  /** The other side ends the connection. */
  close(): void {
    if (this.readyState !== 1) return;
    this.readyState = 3;
    this.onclose?.();
  }

  send(data: Buffer, done: (error?: Error | null) => void): void {
    this.sent.push(data);
    this.#peer.onSend?.(this, data);
    setImmediate(done);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  terminate(): void {
    this.isTerminated = true;
    this.close();
  }
}

/** The client with connections to a peer of the test instead of WebSockets. */
function withFakeSockets(client: KubeClient, peer: FakePeer): KubeClient {
  const connect = (
    path: string,
    _onText: unknown,
    onBinary: ((channel: number, data: Buffer) => boolean) | null,
  ): Promise<FakeSocket> => {
    peer.onConnect?.(path);
    const socket = new FakeSocket(peer, onBinary ?? (() => true));
    setImmediate(() => peer.onOpen?.(socket, path));
    return Promise.resolve(socket);
  };
  return { ...client, sockets: { connect } as unknown as KubeClient['sockets'] };
}

/** The client of no server: for tests whose connections are all fakes. */
export function createFakeClient(peer: FakePeer): KubeClient {
  const nobody = {
    context: 'kind-fake',
    server: 'https://nowhere',
    call: (_what: string, makeCall: () => Promise<unknown>) => makeCall(),
  };
  return withFakeSockets(nobody as unknown as KubeClient, peer);
}
