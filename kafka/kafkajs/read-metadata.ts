/**
 * Metadata as a broker answers it. kafkajs' own reading fails as a whole while any partition of any topic has no leader,
 * which is when it is worth looking at. Written for the insides of kafkajs 2.2.4, which repairs.ts checks.
 */
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { METADATA_API_KEY, type BrokerInternals, type PartitionMetadata } from './internals.ts';

/** The brokers and all partitions, as one broker knows them. */
export interface ClusterMetadata {
  /** What tells one cluster from another; null when the broker does not say. */
  readonly clusterId: string | null;
  /** Ids of the brokers that are registered. */
  readonly brokers: readonly number[];
  /** -1 when there is none. */
  readonly controller: number;
  /** Of all topics; `leader` is -1 for a partition without one. */
  readonly partitions: readonly (PartitionMetadata & { readonly topic: string })[];
}

/** @throws kafkajs' errors when the broker does not answer */
export async function readMetadata(broker: BrokerInternals): Promise<ClusterMetadata> {
  const metadata = broker.lookupRequest(METADATA_API_KEY, protocol.requests.Metadata);
  const { request, response } = metadata({ topics: [], allowAutoTopicCreation: false });
  const { clusterId, brokers, controllerId, topicMetadata } = await broker.connectionPool.send({
    request,
    response: { decode: (data) => response.decode(data), parse: (decoded) => decoded as MetadataResponse },
  });
  return {
    clusterId,
    brokers: brokers.map(({ nodeId }) => nodeId),
    controller: controllerId,
    partitions: topicMetadata.flatMap(({ topic, partitionMetadata }) =>
      partitionMetadata.map((partition) => ({ ...partition, topic })),
    ),
  };
}

interface MetadataResponse {
  readonly clusterId: string | null;
  readonly brokers: readonly { readonly nodeId: number }[];
  readonly controllerId: number;
  readonly topicMetadata: readonly {
    readonly topic: string;
    readonly partitionMetadata: readonly PartitionMetadata[];
  }[];
}
