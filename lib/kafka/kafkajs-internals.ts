/**
 * Repairs of kafkajs 2.2.4, and the doors into it that its public interface lacks. This file alone knows its
 * insides; the version is checked, because every repair is written for the code of that version.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import kafkajsErrors from 'kafkajs/src/errors.js';
import Connection from 'kafkajs/src/network/connection.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { isStaleMetadata } from './kafka-error.ts';

const { KafkaJSConnectionClosedError } = kafkajsErrors;
const REPAIRED_VERSION = '2.2.4';
/** The number of produce requests in Kafka's protocol. */
export const PRODUCE_API_KEY = 0;

/** One attempt to produce: how often its bytes were given to a socket, and whether they still may be. */
export interface ProduceAttempt {
  handovers: number;
  isCancelled: boolean;
}

/** What a member does at the edges of its memberships. */
export interface MembershipHooks {
  /** Instead of joining: does what must be done before, joins by `attempt`, again if need be, and takes what it got. */
  join(group: ConsumerGroupInternals, attempt: () => Promise<void>): Promise<void>;
  /** Before leaving: nothing may be processed any more, and everything be accounted for. */
  release(): Promise<void>;
  /** Why the member must join again, if it must: the fetch loop hears it at its next heartbeat. */
  rejoinReason(): Error | undefined;
  /** Instead of fetching: fetches by `attempt`, and does not wait for its end once nothing may be processed any more. */
  fetch<T>(attempt: () => Promise<readonly T[]>): Promise<readonly T[]>;
}

/** Key under which a partition assigner carries its member's hooks. */
export const MEMBERSHIP_HOOKS: unique symbol = Symbol('membership hooks');

export interface CommitRequest {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
  }[];
}

/** The offsets of one generation: a commit carries that generation, so the coordinator refuses a late one. */
export interface OffsetManagerInternals {
  coordinator: BrokerInternals;
  commitOffsets(request: CommitRequest): Promise<void>;
  /** The offset that is fetched next. */
  nextOffset(topic: string, partition: number): { toString(): string };
}

export interface ConsumerGroupInternals {
  readonly groupId: string;
  readonly memberId: string | null;
  readonly generationId: number | null;
  readonly groupProtocol: string | null;
  readonly cluster: ClusterInternals;
  readonly assigners: readonly { readonly [MEMBERSHIP_HOOKS]?: MembershipHooks }[];
  coordinator: BrokerInternals | null;
  offsetManager: OffsetManagerInternals | null;
  assigned(): readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  heartbeat(options: { interval: number }): Promise<void>;
  joinAndSync(): Promise<void>;
  leave(): Promise<void>;
  fetch(nodeId: string): Promise<readonly unknown[]>;
  recoverFromFetch(error: Error): Promise<void>;
}

export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: string;
  readonly headers?: Record<string, Buffer | string | undefined>;
  readonly isControlRecord?: boolean;
}

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
  fetch(request: {
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    isolationLevel: number;
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
  }): Promise<{
    responses: {
      topicName: string;
      partitions: { partition: number; highWatermark: string; messages: FetchedMessage[] }[];
    }[];
  }>;
  describeGroups(request: { groupIds: string[] }): Promise<{
    groups: {
      errorCode: number;
      groupId: string;
      state: string;
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
  offsetFetch(request: { groupId: string; topics: { topic: string; partitions: { partition: number }[] }[] }): Promise<{
    responses: { topic: string; partitions: { partition: number; offset: string }[] }[];
  }>;
}

/** A request with how its answer is read: `parse` throws at the first error in it. */
export interface ProtocolRequest<T> {
  readonly request: unknown;
  readonly response: { decode(data: unknown): unknown; parse(decoded: unknown): T };
  readonly requestTimeout?: number;
}

export interface PartitionMetadata {
  readonly partitionId: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

export interface ClusterInternals {
  readonly brokerPool: { readonly brokers: Readonly<Record<string, BrokerInternals>> };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isConnected(): boolean;
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
  removeBroker(address: { host: string; port: number }): void;
  fetchTopicsOffset(
    topics: readonly { topic: string; partitions: readonly { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
}

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

export interface ConnectionInternals extends ConnectionOptions {
  versions: unknown;
  supportAuthenticationProtocol: unknown;
  readonly requestQueue: {
    readonly inflight: ReadonlyMap<number, unknown>;
    readonly instrumentationEmitter: unknown;
    readonly maxInFlightRequests: number | null;
    readonly enforceRequestTimeout: boolean;
  };
  send(request: unknown): Promise<unknown>;
  disconnect(): Promise<boolean>;
}

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
    const { instrumentationEmitter, maxInFlightRequests, enforceRequestTimeout } = old.requestQueue;
    const renewed = new Connection({ ...old, instrumentationEmitter, maxInFlightRequests, enforceRequestTimeout });
    renewed.versions = old.versions;
    renewed.supportAuthenticationProtocol = old.supportAuthenticationProtocol;
    connectionPool.pool[FETCH_CONNECTION] = renewed;
    old.disconnect().catch(() => undefined);
  }
}

const attempts = new AsyncLocalStorage<readonly ProduceAttempt[]>();

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

/* eslint-disable @typescript-eslint/unbound-method -- repairs take a method off its prototype to call it with its own `this` */

let isRepaired = false;

/** Applies the repairs, once. @throws Error when kafkajs is not the version they are written for */
export function repairKafkajs(): void {
  if (isRepaired) return;
  const { version } = createRequire(import.meta.url)('kafkajs/package.json') as { version: string };
  if (version !== REPAIRED_VERSION) {
    throw new Error(`lib/kafka repairs kafkajs ${REPAIRED_VERSION} and found ${version}: review kafkajs-internals.ts`);
  }
  stopIdleTimers();
  followProduceRequests();
  announceMembership();
  keepMembershipWhenLeadersMove();
  dropSilentConnections();
  isRepaired = true;
}

/** How exactly a request's time limit is kept, in milliseconds; the limits are several seconds. */
const TIMEOUT_CHECK_MS = 1000;

/**
 * Every connection re-arms a timer with a negative delay, which is 1 ms, for ever: 2 to 3 % of a core each
 * (tulios/kafkajs#1704). With nothing pending there is nothing to check; pushing a request arms it again.
 * Another one looks ten times a second for requests that are too late, which is most of what an idle client does then.
 */
function stopIdleTimers(): void {
  const { scheduleCheckPendingRequests } = RequestQueue.prototype;
  RequestQueue.prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
  RequestQueue.prototype.scheduleRequestTimeoutCheck = function () {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    this.requestTimeoutIntervalId = setInterval(() => {
      const now = Date.now();
      for (const request of this.inflight.values()) {
        if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
      }
      if (!this.isConnected()) this.destroy();
    }, TIMEOUT_CHECK_MS);
  };
}

/** Tells an attempt when its request is given to the socket; a cancelled one is not given any more. */
function followProduceRequests(): void {
  const { push } = RequestQueue.prototype;
  RequestQueue.prototype.push = function (request) {
    const tracked = request.entry.apiKey === PRODUCE_API_KEY ? attempts.getStore() : undefined;
    if (tracked?.some(({ isCancelled }) => isCancelled)) throw new Error('given up before it was handed over');
    for (const attempt of tracked ?? []) attempt.handovers += 1;
    push.call(this, request);
  };
}

/**
 * kafkajs has no event that is awaited before partitions are given up, gives up joining too soon, and waits for its
 * fetches before it joins again.
 */
function announceMembership(): void {
  const { joinAndSync, leave, heartbeat, fetch } = ConsumerGroup.prototype;
  const hooksOf = (group: ConsumerGroupInternals): MembershipHooks | undefined =>
    group.assigners[0]?.[MEMBERSHIP_HOOKS];
  ConsumerGroup.prototype.joinAndSync = function () {
    const attempt = () => joinAndSync.call(this);
    return hooksOf(this)?.join(this, attempt) ?? attempt();
  };
  ConsumerGroup.prototype.leave = async function () {
    await hooksOf(this)?.release();
    await leave.call(this);
  };
  ConsumerGroup.prototype.heartbeat = async function (options) {
    const reason = hooksOf(this)?.rejoinReason();
    if (reason) throw reason;
    await heartbeat.call(this, options);
  };
  ConsumerGroup.prototype.fetch = function (nodeId) {
    const attempt = () => fetch.call(this, nodeId);
    return hooksOf(this)?.fetch(attempt) ?? attempt();
  };
}

/**
 * kafkajs joins the group again when a partition's leader moved, which stops every member for nothing, and
 * does so beside its other fetchers that still process. Asking for the new leaders is enough.
 */
function keepMembershipWhenLeadersMove(): void {
  const { recoverFromFetch } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.recoverFromFetch = async function (error) {
    if (isStaleMetadata(error)) await this.cluster.refreshMetadata();
    else await recoverFromFetch.call(this, error);
  };
}

/**
 * After a request timed out, kafkajs goes on with the same connection, to a broker that may be gone without a word,
 * until its metadata is old. A connection that does not answer is closed, which makes the client look around.
 */
function dropSilentConnections(): void {
  const { send } = Connection.prototype;
  Connection.prototype.send = async function (request) {
    try {
      return await send.call(this, request);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'KafkaJSRequestTimeoutError') throw error;
      await this.disconnect();
      const { host, port } = this;
      throw new KafkaJSConnectionClosedError(`${host}:${String(port)} did not answer: ${error.message}`, {
        host,
        port,
      });
    }
  };
}
