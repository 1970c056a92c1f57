import { once } from 'node:events';
import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { connectToPod } from './pod-connection.ts';
import { createFakeClient, type FakeSocket } from './testing/fake-sockets.ts';

/** The port, with which each channel begins. */
const PORT = Buffer.from([0x41, 0x1f]);

async function connect() {
  const opened = Promise.withResolvers<FakeSocket>();
  let path = '';
  const client = createFakeClient({
    onConnect: (asked) => (path = asked),
    onOpen: (socket) => opened.resolve(socket),
  });
  const connection = await connectToPod(client, { namespace: 'lab', pod: 'consumer-x', port: 8001 });
  const socket = await opened.promise;
  socket.receive(0, PORT);
  socket.receive(1, PORT);
  return { connection, socket, path };
}

describe('connectToPod', () => {
  it('asks for the port and passes bytes on in both directions', async () => {
    const { connection, socket, path } = await connect();
    expect(path).toBe('/api/v1/namespaces/lab/pods/consumer-x/portforward?ports=8001');
    connection.write('question');
    await tick();
    expect(socket.sent.map(String)).toEqual(['\0question']);
    socket.receive(0, 'answer');
    const [answer] = (await once(connection, 'data')) as [Buffer];
    expect(answer.toString()).toBe('answer');
    connection.destroy();
    expect(socket.isTerminated).toBe(true);
  });

  it('takes no more than its reader does', async () => {
    const { connection, socket } = await connect();
    socket.receive(0, Buffer.alloc(256 * 1024));
    expect(socket.isPaused).toBe(true);
    connection.resume();
    await once(connection, 'data');
    await tick();
    expect(socket.isPaused).toBe(false);
    connection.destroy();
  });

  it('ends for its reader when the pod has closed the connection, after all that the pod has said', async () => {
    const { connection, socket } = await connect();
    socket.receive(0, 'last words');
    socket.close();
    let text = '';
    for await (const chunk of connection) text += String(chunk);
    expect(text).toBe('last words');
  });

  it('breaks with the reason of the pod', async () => {
    const { connection, socket } = await connect();
    const broken = once(connection, 'error');
    socket.receive(1, 'connection refused');
    expect(String((await broken)[0])).toContain('connection refused');
    expect(socket.isTerminated).toBe(true);
  });

  it('waits for the answer of a pod to a client that has said all, but not for ever', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      const { connection, socket } = await connect();
      connection.resume();
      connection.end();
      await tick();
      jest.advanceTimersByTime(9000);
      socket.receive(0, 'late');
      jest.advanceTimersByTime(9000);
      expect(connection.destroyed).toBe(false);
      jest.advanceTimersByTime(1100);
      expect(connection.destroyed).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });

  it('does not write into a connection that has ended', async () => {
    const { connection, socket } = await connect();
    socket.close();
    const broken = once(connection, 'error');
    connection.write('more');
    expect(String((await broken)[0])).toContain('the connection to the pod has ended');
  });
});
