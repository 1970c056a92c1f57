import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSilentLogger } from '../lib/log/create-logger.ts';
import { startForwarder, type Forwarder } from './forwarder.ts';

/** A pod that says its name, and what it is told. */
interface FakePod {
  readonly server: Server;
  readonly port: number;
  readonly sockets: Socket[];
}

describe('startForwarder', () => {
  const pods = new Map<string, FakePod>();
  let names: readonly string[];
  let forwarder: Forwarder;

  const startPod = async (name: string): Promise<void> => {
    const sockets: Socket[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.write(`${name}:`);
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    pods.set(name, { server, port: (server.address() as AddressInfo).port, sockets });
  };
  const connectToFake = async (name: string): Promise<Duplex> => {
    const pod = pods.get(name);
    if (pod === undefined) throw new Error(`${name} is gone`);
    const socket = connect({ host: '127.0.0.1', port: pod.port, allowHalfOpen: true });
    await once(socket, 'connect');
    return socket;
  };
  const open = (): Socket => connect(Number(new URL(forwarder.url).port), '127.0.0.1').on('error', () => undefined);
  /** Says a word as a client that ends its side, and reads until the other side has ended. */
  const ask = async (word: string): Promise<string> => {
    const client = open();
    client.end(word);
    let text = '';
    for await (const chunk of client) text += String(chunk);
    return text;
  };

  beforeEach(async () => {
    names = ['a', 'b'];
    await Promise.all(names.map(startPod));
    forwarder = await startForwarder({
      listTargets: () => names,
      connect: connectToFake,
      logger: createSilentLogger(),
    });
  });
  afterEach(async () => {
    await forwarder.stop();
    for (const { server, sockets } of pods.values()) {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
    pods.clear();
  });

  it('takes the pods in turn, and passes on what a client says before it ends its side', async () => {
    const answers = [await ask('1'), await ask('2'), await ask('3'), await ask('4')];
    expect(answers.map((answer) => answer.slice(0, 1)).toSorted()).toEqual(['a', 'a', 'b', 'b']);
    expect(answers.map((answer) => answer.slice(2))).toEqual(['1', '2', '3', '4']);
  });

  it('goes on to the next pod when one cannot be reached', async () => {
    names = ['gone', 'b'];
    expect([await ask('1'), await ask('2')]).toEqual(['b:1', 'b:2']);
  });

  it('closes connections while there is no pod to take them', async () => {
    names = [];
    await expect(ask('1')).resolves.toBe('');
    names = ['gone'];
    await expect(ask('1')).resolves.toBe('');
  });

  it('breaks the connections of a pod that dies and no others', async () => {
    names = ['a'];
    const first = open();
    await once(first, 'data');
    names = ['b'];
    const second = open();
    await once(second, 'data');
    for (const socket of pods.get('a')?.sockets ?? []) socket.resetAndDestroy();
    await once(first, 'close');
    second.write('still there');
    const [text] = (await once(second, 'data')) as [Buffer];
    expect(text.toString()).toBe('still there');
    second.destroy();
  });

  it('ends the connection to the pod when the client breaks it', async () => {
    names = ['a'];
    const client = open();
    await once(client, 'data');
    const [socket] = pods.get('a')?.sockets ?? [];
    if (socket === undefined) throw new Error('no connection');
    const closed = once(socket, 'close');
    client.resetAndDestroy();
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  it('carries more than fits into its buffers', async () => {
    names = ['a'];
    const client = open();
    const sent = Buffer.alloc(8 * 1024 * 1024, 'x');
    client.end(sent);
    let bytes = 0;
    for await (const chunk of client) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(sent.length + 2);
  });

  it('listens on the loopback address only, and breaks what is open when it is stopped', async () => {
    expect(forwarder.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const client = open();
    await once(client, 'data');
    const closed = once(client, 'close');
    await forwarder.stop();
    await closed;
    await expect(ask('1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
