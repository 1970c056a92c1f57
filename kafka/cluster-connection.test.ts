import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createSilentLogger } from '../lib/log/create-logger.ts';
import { createClusterConnection, type ClusterConnection } from './cluster-connection.ts';

const API_VERSIONS = 18;
const METADATA = 3;
/** Long enough for starved cores to answer in. */
const REQUEST_TIMEOUT_MS = 500;
const PATIENCE_MS = 15_000;

jest.setTimeout(30_000);

/** A broker that can be asked for its versions and for the brokers there are, and that can fall silent. */
interface FakeBroker {
  readonly nodeId: number;
  readonly address: string;
  isSilent: boolean;
  answerAfterMs: number;
  requests: number;
}

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  // Connections before the brokers that they wait for.
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startBrokers(count: number): Promise<FakeBroker[]> {
  const brokers: FakeBroker[] = [];
  for (let nodeId = 0; nodeId < count; nodeId += 1) {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data) => void answer(socket, data));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const broker = {
      nodeId,
      address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      isSilent: false,
      answerAfterMs: 0,
      requests: 0,
    };
    brokers.push(broker);
    // One request comes in one piece: the client waits for each answer.
    const answer = async (socket: Socket, request: Buffer): Promise<void> => {
      broker.requests += 1;
      if (broker.isSilent) return;
      await delay(broker.answerAfterMs);
      const body = request.readInt16BE(4) === API_VERSIONS ? encodeVersions() : encodeMetadata(brokers);
      socket.write(Buffer.concat([int32(4 + body.length), request.subarray(8, 12), body]));
    };
    cleanups.push(() => {
      sockets.forEach((socket) => socket.destroy());
      return new Promise((resolve) => server.close(resolve));
    });
  }
  return brokers;
}

function encodeVersions(): Buffer {
  const ranges = [
    [API_VERSIONS, 0, 2],
    [METADATA, 0, 1],
  ];
  return Buffer.concat([int16(0), int32(ranges.length), ...ranges.flat().map(int16), int32(0)]);
}

function encodeMetadata(brokers: readonly FakeBroker[]): Buffer {
  const entries = brokers.flatMap(({ nodeId, address }) => {
    const [host = '', port] = address.split(':');
    return [int32(nodeId), int16(host.length), Buffer.from(host), int32(Number(port)), int16(-1)];
  });
  const [controller, topics] = [int32(0), int32(0)];
  return Buffer.concat([int32(brokers.length), ...entries, controller, topics]);
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function connect(
  brokers: readonly FakeBroker[],
  patienceMs: number,
  requestTimeoutMs = REQUEST_TIMEOUT_MS,
): ClusterConnection {
  const connection = createClusterConnection({
    brokers: brokers.map(({ address }) => address),
    clientId: 'test',
    logger: createSilentLogger(),
    patienceMs,
    requestTimeoutMs,
  });
  cleanups.push(() => connection.disconnect());
  return connection;
}

/** Asks any one broker: those that are connected come first. */
const ask = (connection: ClusterConnection): Promise<void> =>
  connection.run('asking', (cluster) => cluster.refreshMetadata());

describe('createClusterConnection', () => {
  it('goes on to the next seed when one takes connections and answers nothing', async () => {
    const brokers = await startBrokers(3);
    brokers.slice(0, 2).forEach((broker) => (broker.isSilent = true));
    const connection = connect(brokers, PATIENCE_MS);
    await ask(connection);
    expect(brokers.map(({ requests }) => requests > 0)).toEqual([true, true, true]);
  });

  it('drops a broker that falls silent: one call waits for it, those after it do not', async () => {
    const brokers = await startBrokers(2);
    const connection = connect(brokers, PATIENCE_MS);
    await ask(connection);
    const silent = brokers.find(({ requests }) => requests > 0);
    expect(silent).toBeDefined();
    if (silent) silent.isSilent = true;
    await ask(connection);
    const before = silent?.requests;
    for (let call = 0; call < 10; call += 1) await ask(connection);
    expect(silent?.requests).toBe(before);
  });

  it('finds them again when all were silent for a while', async () => {
    const brokers = await startBrokers(2);
    const connection = connect(brokers, PATIENCE_MS);
    await ask(connection);
    brokers.forEach((broker) => (broker.isSilent = true));
    const asked = ask(connection);
    await delay(4 * REQUEST_TIMEOUT_MS);
    brokers.forEach((broker) => (broker.isSilent = false));
    await expect(asked).resolves.toBeUndefined();
  });

  it('fails with the address that did not answer, one request after patience ends', async () => {
    const brokers = await startBrokers(2);
    brokers.forEach((broker) => (broker.isSilent = true));
    const connection = connect(brokers, 500);
    const failing = ask(connection);
    await expect(failing).rejects.toMatchObject({ code: 'kafka-unavailable' });
    await expect(failing).rejects.toThrow(/^asking: 127\.0\.0\.1:\d+ did not answer/);
  });

  it('lets calls wait for a connection that another call has begun', async () => {
    const brokers = await startBrokers(1);
    brokers.forEach((broker) => (broker.answerAfterMs = 50));
    // Without patience: a failure of either is told at once.
    const connection = connect(brokers, -1, PATIENCE_MS);
    const first = ask(connection);
    await delay(25);
    await expect(Promise.all([first, ask(connection)])).resolves.toHaveLength(2);
  });
});
