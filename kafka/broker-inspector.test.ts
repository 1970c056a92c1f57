import { beforeEach, describe, expect, it } from '@jest/globals';
import { createBrokerInspector, type BrokersView } from './broker-inspector.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import type { BrokerInternals, ClusterInternals, ProtocolRequest } from './kafkajs/internals.ts';
import { readMetadata } from './kafkajs/read-metadata.ts';

const LEADER_NOT_AVAILABLE = 5;
const REPLICA_NOT_AVAILABLE = 9;

interface FakePartition {
  readonly error?: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

/** What the brokers would answer to Metadata, topic by topic. */
interface FakeCluster {
  registered: readonly number[];
  controller: number;
  topics: Readonly<Record<string, readonly FakePartition[]>>;
}

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const string = (text: string): Buffer => Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)]);
const array = (items: readonly Buffer[]): Buffer => Buffer.concat([int32(items.length), ...items]);
const ids = (values: readonly number[]): Buffer => array(values.map(int32));

/** A Metadata answer of version 5, as it comes over the wire. */
function encodeMetadata({ registered, controller, topics }: FakeCluster): Buffer {
  const brokers = registered.map((id) =>
    Buffer.concat([int32(id), string(`kafka-${String(id)}`), int32(29_029), int16(-1)]),
  );
  const encoded = Object.entries(topics).map(([topic, partitions]) =>
    Buffer.concat([
      int16(0),
      string(topic),
      Buffer.from([0]),
      array(
        partitions.map(({ error = 0, leader, replicas, isr }, partition) =>
          Buffer.concat([int16(error), int32(partition), int32(leader), ids(replicas), ids(isr), ids([])]),
        ),
      ),
    ]),
  );
  return Buffer.concat([int32(0), array(brokers), string('cluster'), int32(controller), array(encoded)]);
}

interface MetadataVersions {
  protocol(options: { version: number }): (data: unknown) => ProtocolRequest<unknown>;
}

/** A broker that takes the client's own bytes and answers with its own, or fails. */
function createBroker(nodeId: number, cluster: FakeCluster, sent: Buffer[], failure?: Error): BrokerInternals {
  const broker: Pick<BrokerInternals, 'nodeId' | 'lookupRequest' | 'connectionPool'> = {
    nodeId,
    lookupRequest: (apiKey, versions) => {
      if (apiKey !== 3) throw new Error(`nobody asks for ${String(apiKey)}`);
      return (versions as MetadataVersions).protocol({ version: 5 });
    },
    connectionPool: {
      pool: [],
      async send<T>({ request, response }: ProtocolRequest<T>): Promise<T> {
        if (failure !== undefined) throw failure;
        const encoded = await (request as { encode(): Promise<{ buffer: Buffer }> }).encode();
        sent.push(Buffer.from(encoded.buffer));
        return response.parse(await response.decode(encodeMetadata(cluster)));
      },
    },
  };
  return broker as BrokerInternals;
}

describe('createBrokerInspector', () => {
  let cluster: FakeCluster;
  let asked: number[];
  let sent: Buffer[];
  let known: readonly number[];
  let dead: Set<number>;
  let doing: string;

  const inspect = (): Promise<BrokersView> => {
    const internals: Pick<ClusterInternals, 'getNodeIds' | 'findBroker' | 'brokerPool'> = {
      getNodeIds: () => known.map(String),
      brokerPool: { brokers: {}, findConnectedBroker: () => Promise.reject(new Error('no bootstrap server answers')) },
      findBroker: ({ nodeId }) => {
        asked.push(Number(nodeId));
        const failure = dead.has(Number(nodeId)) ? new Error(`broker ${String(nodeId)} is down`) : undefined;
        return Promise.resolve(createBroker(Number(nodeId), cluster, sent, failure));
      },
    };
    const connection: Pick<ClusterConnection, 'run'> = {
      run: (what, call) => {
        doing = what;
        return call(internals as ClusterInternals);
      },
    };
    return createBrokerInspector(connection as ClusterConnection).inspect();
  };

  beforeEach(() => {
    asked = [];
    sent = [];
    known = [0, 1, 2];
    dead = new Set();
    doing = '';
    cluster = {
      registered: [2, 0, 1],
      controller: 1,
      topics: {
        app: [
          { leader: 0, replicas: [0, 1, 2], isr: [0, 1, 2] },
          { leader: 1, replicas: [1, 2, 0], isr: [1, 2, 0] },
        ],
        'app.receipts': [{ leader: 0, replicas: [0, 1], isr: [1, 0] }],
      },
    };
  });

  it('counts over all topics what each broker leads and holds, in the order of their ids', async () => {
    await expect(inspect()).resolves.toEqual({
      clusterId: 'cluster',
      brokers: [
        { brokerId: 0, isController: false, leaders: 2, replicas: 3, inSync: 3 },
        { brokerId: 1, isController: true, leaders: 1, replicas: 3, inSync: 3 },
        { brokerId: 2, isController: false, leaders: 0, replicas: 2, inSync: 2 },
      ],
      underReplicated: 0,
    });
    expect(doing).toBe('asking who leads what');
    expect(asked).toEqual([0]);
  });

  it('asks for all topics, and has none made', async () => {
    await inspect();
    // No list of topics at all, which is not an empty one.
    expect(sent.map((request) => request.toString('hex'))).toEqual(['ffffffff00']);
  });

  it('sees partitions without a leader, and copies that are behind or gone', async () => {
    cluster.registered = [0, 1];
    cluster.topics = {
      app: [
        { error: LEADER_NOT_AVAILABLE, leader: -1, replicas: [2], isr: [2] },
        { error: REPLICA_NOT_AVAILABLE, leader: 0, replicas: [0, 1, 2], isr: [0] },
        { error: LEADER_NOT_AVAILABLE, leader: -1, replicas: [2, 1], isr: [] },
      ],
    };
    await expect(inspect()).resolves.toEqual({
      clusterId: 'cluster',
      brokers: [
        { brokerId: 0, isController: false, leaders: 1, replicas: 1, inSync: 1 },
        { brokerId: 1, isController: true, leaders: 0, replicas: 2, inSync: 0 },
        { brokerId: 2, isController: false, leaders: 0, replicas: 3, inSync: 1 },
      ],
      underReplicated: 2,
    });
  });

  it('knows brokers that hold nothing, and a cluster without a controller or topics', async () => {
    cluster = { registered: [0, 7], controller: -1, topics: {} };
    const none = { isController: false, leaders: 0, replicas: 0, inSync: 0 };
    await expect(inspect()).resolves.toEqual({
      clusterId: 'cluster',
      brokers: [
        { brokerId: 0, ...none },
        { brokerId: 7, ...none },
      ],
      underReplicated: 0,
    });
  });

  it('asks another broker, and each once, when one does not answer', async () => {
    dead.add(0).add(1);
    await expect(inspect()).resolves.toMatchObject({ underReplicated: 0 });
    expect(asked).toEqual([0, 1, 2]);
  });

  it('fails when none answers, so that whoever connects can mend it', async () => {
    dead.add(0).add(1).add(2);
    await expect(inspect()).rejects.toThrow('broker 2 is down');
    known = [];
    await expect(inspect()).rejects.toThrow('no bootstrap server answers');
  });

  it('reads what the client itself refuses to read as a whole', async () => {
    cluster.topics = { app: [{ error: LEADER_NOT_AVAILABLE, leader: -1, replicas: [0], isr: [0] }] };
    const metadata = await readMetadata(createBroker(0, cluster, sent));
    expect(metadata).toMatchObject({ brokers: [2, 0, 1], controller: 1 });
    expect(metadata.partitions).toMatchObject([{ partitionId: 0, leader: -1, replicas: [0], isr: [0] }]);
  });
});
