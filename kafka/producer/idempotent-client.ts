import type { ClusterConnection } from '../cluster-connection.ts';
import { isStaleMetadata } from '../kafka-error.ts';
import type { BrokerInternals, ClusterInternals } from '../kafkajs/internals.ts';
import { createProducerIdentity, produceOnce, type ProducerIdentity } from '../kafkajs/produce.ts';
import { BrokerLane, type RequestBatches } from './broker-lane.ts';
import type { SendBatch } from './partition-sender.ts';

/** Sends batches of a topic once, under one identity until that is lost, and leaves every retry to its callers. */
export interface IdempotentClient {
  /** One batch of a partition at a time, and the very same again as long as it may be stored. */
  readonly send: SendBatch;
  /** Number of the identity in use. */
  identity(): number;
  /** Takes another identity unless that was done already. */
  renew(lost: number): Promise<void>;
  /** When a request was last tried, in milliseconds since the epoch. */
  lastAttemptAt(): number | undefined;
}

/** An identity that the brokers gave, and the sequence of the next batch by partition under it. */
interface Session {
  readonly identity: number;
  readonly nextSequence: Map<number, number>;
  opening: Promise<ProducerIdentity> | undefined;
}

/** Sequences begin anew behind the largest (org.apache.kafka.common.record.DefaultRecordBatch.incrementSequence). */
const SEQUENCES = 2 ** 31;

/** Asks for an identity with the first batch, not here. */
export function createIdempotentClient(topic: string, connection: ClusterConnection): IdempotentClient {
  const lanes = new Map<number, BrokerLane>();
  const prepared = new WeakSet<ClusterInternals>();
  let session: Session = { identity: 0, nextSequence: new Map(), opening: undefined };
  let lastAttemptAt: number | undefined;

  const findLeader = (partition: number): Promise<BrokerInternals> =>
    connection.run(`finding the leader of partition ${String(partition)} of ${topic}`, async (cluster) => {
      if (!prepared.has(cluster)) {
        await cluster.addMultipleTargetTopics([topic]);
        prepared.add(cluster);
      }
      await cluster.refreshMetadataIfNecessary();
      const metadata = cluster.findTopicPartitionMetadata(topic);
      const leader = metadata.find(({ partitionId }) => partitionId === partition)?.leader;
      return cluster.findBroker({ nodeId: leader ?? -1 });
    });

  const open = (own: Session, broker: BrokerInternals): Promise<ProducerIdentity> =>
    (own.opening ??= createProducerIdentity(broker).catch((error: unknown) => {
      own.opening = undefined;
      throw error;
    }));

  const request: RequestBatches = async (broker, batches) => {
    const own = session;
    if (batches.some(({ identity }) => identity !== own.identity)) throw new Error('the identity was given up');
    try {
      return await produceOnce(broker, topic, await open(own, broker), batches);
    } catch (error) {
      await connection.report(error);
      throw error;
    }
  };

  return {
    identity: () => session.identity,
    lastAttemptAt: () => lastAttemptAt,
    async send(partition, records, attempt) {
      // Taken before anything is awaited: the caller's identity is this session's.
      const own = session;
      lastAttemptAt = Date.now();
      const broker = await findLeader(partition);
      if (attempt.isCancelled) throw new Error('given up before it was handed over');
      const firstSequence = own.nextSequence.get(partition) ?? 0;
      let lane = lanes.get(broker.nodeId);
      if (lane === undefined) lanes.set(broker.nodeId, (lane = new BrokerLane(request)));
      try {
        const { identity } = own;
        const offset = await lane.send({ partition, firstSequence, messages: records, attempt, broker, identity });
        own.nextSequence.set(partition, (firstSequence + records.length) % SEQUENCES);
        return offset;
      } catch (error) {
        if (isStaleMetadata(error)) await connection.report(error);
        throw error;
      }
    },
    renew(lost) {
      // Several partitions find out at the same time; one renewal serves them all.
      if (lost === session.identity) session = { identity: lost + 1, nextSequence: new Map(), opening: undefined };
      return Promise.resolve();
    },
  };
}
