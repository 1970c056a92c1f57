/**
 * What kafkajs 2.2.4 has inside, and the doors into it that its public interface lacks. This folder alone knows; the
 * version is checked where the repairs are applied.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kafka } from 'kafkajs';
import Connection from 'kafkajs/src/network/connection.js';
import { findClosedConnection } from '../kafka-error.ts';

/** The number of produce requests in Kafka's protocol, as of the others below. */
export const PRODUCE_API_KEY = 0;
/** The number of fetch requests. */
export const FETCH_API_KEY = 1;
/** The number of requests that ask who leads what. */
export const METADATA_API_KEY = 3;

/** One attempt to produce, in one request: whether its bytes were given to a socket, and whether they still may be. */
export interface ProduceAttempt {
  isHandedOver: boolean;
  isCancelled: boolean;
}

/** Whether what transactions write is there at once, or when they are committed. */
export type IsolationLevel = 0 | 1;
/** Everything up to the high watermark, also of transactions that are open or aborted. */
export const READ_UNCOMMITTED: IsolationLevel = 0;
/** Only up to the first transaction that is open, with the aborted ones named. */
export const READ_COMMITTED: IsolationLevel = 1;

/** One broker as kafkajs speaks to it: a pool of connections and the requests that we send over them. */
export interface BrokerInternals {
  readonly nodeId: number;
  readonly connectionPool: {
    readonly pool: ConnectionInternals[];
    send<T>(request: ProtocolRequest<T>): Promise<T>;
  };
  /** The newest version of a request that broker and client both know. */
  lookupRequest(apiKey: number, versions: unknown): (data: unknown) => ProtocolRequest<unknown>;
  initProducerId(request: { transactionalId: string | null; transactionTimeout: number }): Promise<{
    producerId: string;
    producerEpoch: number;
  }>;
  /** Which broker coordinates a group, as this one knows it. */
  findGroupCoordinator(group: { groupId: string }): Promise<FoundCoordinator>;
  describeGroups(request: { groupIds: string[] }): Promise<{
    groups: {
      errorCode: number;
      groupId: string;
      state: string;
      protocolType: string;
      protocol: string;
      members: {
        memberId: string;
        clientId: string;
        clientHost: string;
        memberMetadata: Buffer;
        memberAssignment: Buffer;
      }[];
    }[];
  }>;
  /** Of the partitions that it leads: where they end. */
  listOffsets(request: {
    isolationLevel: IsolationLevel;
    topics: { topic: string; partitions: { partition: number }[] }[];
  }): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>;
  describeConfigs(request: {
    resources: readonly { type: number; name: string; configNames: readonly string[] }[];
  }): Promise<{ resources: { configEntries: { configName: string; configValue: string | null }[] }[] }>;
  offsetFetch(request: { groupId: string; topics: { topic: string; partitions: { partition: number }[] }[] }): Promise<{
    responses: { topic: string; partitions: { partition: number; offset: string }[] }[];
  }>;
}

interface FoundCoordinator {
  readonly coordinator: { readonly nodeId: number };
}

/** A request with how its answer is read: `parse` throws at the first error in it. */
export interface ProtocolRequest<T> {
  readonly request: unknown;
  readonly response: { decode(data: unknown): unknown; parse(decoded: unknown): T };
  /** In milliseconds. @default that of the connection */
  readonly requestTimeout?: number | undefined;
}

/** Where the copies of a partition are, by broker id; the leader is -1 while there is none. */
export interface PartitionMetadata {
  readonly partitionId: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

/** The brokers that a kafkajs client knows, and its metadata of topics and coordinators. */
export interface ClusterInternals {
  /** The topics it asks the brokers for. */
  readonly targetTopics: Set<string>;
  readonly brokerPool: {
    readonly brokers: Readonly<Record<string, BrokerInternals>>;
    /** One that is connected, or else the first that can be: one of the bootstrap servers, before any other is known. */
    findConnectedBroker(): Promise<BrokerInternals>;
  };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isConnected(): boolean;
  getNodeIds(): readonly string[];
  /** Asks a broker, for all topics when none are named. */
  metadata(request: { topics: string[] }): Promise<{
    topicMetadata: { topic: string; partitionMetadata: PartitionMetadata[] }[];
  }>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
  findBroker(broker: { nodeId: number | string }): Promise<BrokerInternals>;
  findGroupCoordinator(group: { groupId: string }): Promise<BrokerInternals>;
  /** The same without a connection to it, as any broker answers; null when none does. */
  findGroupCoordinatorMetadata(group: { groupId: string }): Promise<FoundCoordinator | null>;
  removeBroker(address: { host: string; port: number }): void;
  fetchTopicsOffset(
    topics: readonly { topic: string; partitions: readonly { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
}

/**
 * What kafkajs makes a connection from.
 *
 * @public deep-imports.d.ts takes it, which Knip does not see
 */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly clientId: string;
  readonly socketFactory: unknown;
  readonly ssl: unknown;
  readonly sasl: unknown;
  readonly logger: unknown;
  readonly requestTimeout: number;
  readonly connectionTimeout: number;
  readonly reauthenticationThreshold: number;
}

/** A connection to a broker, with the queue of requests that wait for an answer. */
export interface ConnectionInternals extends ConnectionOptions {
  versions: unknown;
  supportAuthenticationProtocol: unknown;
  readonly requestQueue: {
    readonly inflight: ReadonlyMap<number, unknown>;
    readonly instrumentationEmitter: unknown;
    readonly maxInFlightRequests: number | null;
    readonly enforceRequestTimeout: boolean;
  };
  connect(): Promise<unknown>;
  send(request: unknown): Promise<unknown>;
  /** Fails every request under way. */
  rejectRequests(error: Error): void;
  disconnect(): Promise<boolean>;
}

/**
 * The queue of requests of one connection, as far as a repair touches it.
 *
 * @public deep-imports.d.ts takes it, which Knip does not see
 */
export interface RequestQueuePrototype {
  pending: unknown[];
  inflight: ReadonlyMap<number, { sentAt: number; requestTimeout: number; timeoutRequest(): void }>;
  enforceRequestTimeout: boolean;
  requestTimeoutIntervalId: NodeJS.Timeout | undefined;
  isConnected(): boolean;
  destroy(): void;
  scheduleCheckPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
  push(request: { entry: { apiKey: number } }): void;
}

/** Another connection to the same broker, not connected yet. */
export function copyConnection(old: ConnectionInternals): ConnectionInternals {
  const { instrumentationEmitter, maxInFlightRequests, enforceRequestTimeout } = old.requestQueue;
  const copy = new Connection({ ...old, instrumentationEmitter, maxInFlightRequests, enforceRequestTimeout });
  copy.versions = old.versions;
  copy.supportAuthenticationProtocol = old.supportAuthenticationProtocol;
  return copy;
}

/** In a broker's pool of connections kafkajs keeps the second one for fetching. */
const FETCH_CONNECTION = 1;

/**
 * Gives brokers that still hold a fetch back for want of records a new connection for the next one, which would have
 * to wait behind it otherwise: a broker answers one request of a connection after the other. The old connection
 * closes when its answer has come.
 */
export function renewFetchConnections({ brokerPool }: ClusterInternals): void {
  for (const { connectionPool } of Object.values(brokerPool.brokers)) {
    const old = connectionPool.pool[FETCH_CONNECTION];
    if (old === undefined || old.requestQueue.inflight.size === 0) continue;
    const renewed = copyConnection(old);
    connectionPool.pool[FETCH_CONNECTION] = renewed;
    old.disconnect().catch(() => undefined);
  }
}

const attempts = new AsyncLocalStorage<readonly ProduceAttempt[]>();

/** The attempts that the request under construction is made for. */
export function trackedAttempts(): readonly ProduceAttempt[] {
  return attempts.getStore() ?? [];
}

/** Runs `send`, which makes one request for all of the attempts, so that they know what became of their bytes. */
export function trackProduce<T>(tracked: readonly ProduceAttempt[], send: () => Promise<T>): Promise<T> {
  return attempts.run(tracked, send);
}

/**
 * A connection to the cluster below the level of producers and consumers: to read logs without being in a
 * group, and to look at groups without joining them.
 */
export function createCluster(kafka: Kafka, options: { metadataMaxAgeMs: number }): ClusterInternals {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (symbol === undefined) throw new Error('kafkajs has no cluster factory');
  const factory = (kafka as unknown as Record<symbol, (options: unknown) => ClusterInternals>)[symbol];
  if (factory === undefined) throw new Error('kafkajs has no cluster factory');
  return factory({ metadataMaxAge: options.metadataMaxAgeMs, allowAutoTopicCreation: false, isolationLevel: 1 });
}

/** The first offsets of partitions that are still there, by partition. @throws kafkajs' errors */
export async function readLogStarts(
  cluster: ClusterInternals,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (partitions.length === 0) return new Map();
  const asked = partitions.map((partition) => ({ partition }));
  const [found] = await cluster.fetchTopicsOffset([{ topic, partitions: asked, fromBeginning: true }]);
  return new Map((found?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]));
}

/** The first offset of a partition that is still there. @throws kafkajs' errors */
export async function readLogStart(cluster: ClusterInternals, topic: string, partition: number): Promise<number> {
  return (await readLogStarts(cluster, topic, [partition])).get(partition) ?? 0;
}

/** Drops a broker that is known to be broken. */
export function forgetBrokenBroker(cluster: ClusterInternals, error: unknown): void {
  const address = findClosedConnection(error);
  if (address !== undefined) cluster.removeBroker(address);
}

/**
 * Drops the topics that the brokers were asked for: kafkajs asks for all of them together, and takes no answer when
 * one is gone. Each is asked for again when it is used next.
 */
export function forgetTopics(cluster: ClusterInternals): void {
  cluster.targetTopics.clear();
}
