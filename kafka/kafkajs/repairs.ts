/**
 * Repairs of kafkajs 2.2.4. The version is checked, because every repair is written for the code of that version.
 */
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import kafkajsErrors from 'kafkajs/src/errors.js';
import Connection from 'kafkajs/src/network/connection.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { isBrokerLost, isCoordinatorLost, isNotReadableNow } from '../kafka-error.ts';
import { fetchForGroup } from './fetch-for-group.ts';
import {
  forgetBrokenBroker,
  MEMBERSHIP_HOOKS,
  PRODUCE_API_KEY,
  trackedAttempts,
  type ConsumerGroupInternals,
  type MembershipHooks,
} from './internals.ts';
import { parkJoins } from './park-joins.ts';

const { KafkaJSConnectionClosedError } = kafkajsErrors;
const REPAIRED_VERSION = '2.2.4';

/* eslint-disable @typescript-eslint/unbound-method -- repairs take a method off its prototype to call it with its own `this` */

let isRepaired = false;

/** Applies the repairs, once. @throws Error when kafkajs is not the version they are written for */
export function repairKafkajs(): void {
  if (isRepaired) return;
  const { version } = createRequire(import.meta.url)('kafkajs/package.json') as { version: string };
  if (version !== REPAIRED_VERSION) {
    throw new Error(`kafka repairs kafkajs ${REPAIRED_VERSION} and found ${version}: review kafka/kafkajs`);
  }
  stopIdleTimers();
  followProduceRequests();
  announceMembership();
  keepFetchingWhenLeadersMove();
  dropSilentConnections();
  parkJoins();
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
    let checkedAt = Date.now();
    this.requestTimeoutIntervalId = setInterval(() => {
      const now = Date.now();
      // A process that was paused first hears the answers that came meanwhile: the brokers were not silent, it was.
      const isLate = now - checkedAt > 2 * TIMEOUT_CHECK_MS;
      checkedAt = now;
      if (isLate) return;
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
    const tracked = request.entry.apiKey === PRODUCE_API_KEY ? trackedAttempts() : [];
    if (tracked.some(({ isCancelled }) => isCancelled)) throw new Error('given up before it was handed over');
    for (const attempt of tracked) attempt.isHandedOver = true;
    push.call(this, request);
  };
}

function hooksOf(group: ConsumerGroupInternals): MembershipHooks | undefined {
  return group.assigners[0]?.[MEMBERSHIP_HOOKS];
}

/**
 * kafkajs has no event that is awaited before partitions are given up, gives up joining too soon, and waits for its
 * fetches before it joins again.
 */
function announceMembership(): void {
  const { joinAndSync, leave, heartbeat, fetch } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.joinAndSync = function () {
    const attempt = async () => {
      await joinAndSync.call(this);
      noteLeaders(this);
    };
    return hooksOf(this)?.join(this, attempt) ?? attempt();
  };
  ConsumerGroup.prototype.leave = async function () {
    await hooksOf(this)?.release();
    await leave.call(this);
  };
  ConsumerGroup.prototype.heartbeat = async function (options) {
    const reason = hooksOf(this)?.rejoinReason();
    if (reason) throw reason;
    try {
      await heartbeat.call(this, options);
    } catch (error) {
      // Where the coordinator is, is no business of the fetch loop, which would begin anew.
      if (!isCoordinatorLost(error)) throw error;
      await hooksOf(this)?.coordinatorLost();
    }
  };
  ConsumerGroup.prototype.fetch = function (nodeId) {
    const hooks = hooksOf(this);
    return hooks?.fetch(() => fetchForGroup(this, nodeId, hooks)) ?? fetch.call(this, nodeId);
  };
}

/** Between two looks for a partition's new leader, while the old one is gone and nobody is elected yet. */
const LEADER_LOOK_MS = 200;

/**
 * kafkajs joins the group again when a partition's leader moved, which stops every member for nothing, and does so
 * beside its other fetchers that still process. When a broker cannot be reached it ends all fetchers, and begins them
 * anew when the last of them has its answer, over and over until the broker's partitions have another leader.
 * Asking for the leaders is enough, and only those who fetch from the lost broker wait.
 */
function keepFetchingWhenLeadersMove(): void {
  const { recoverFromFetch, getNodeIds } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.recoverFromFetch = async function (error) {
    if (!isNotReadableNow(error) && !isBrokerLost(error)) {
      await recoverFromFetch.call(this, error);
      return;
    }
    forgetBrokenBroker(this.cluster, error);
    await delay(LEADER_LOOK_MS);
    // It fails while a partition has no leader at all; the next fetch asks again.
    await this.cluster.refreshMetadata().catch(() => undefined);
    if (noteLeaders(this)) hooksOf(this)?.leadersMoved();
  };
  // Fetchers are begun anew when brokers come or go. One for a broker that is gone has nothing to fetch.
  const seen = new WeakMap<ConsumerGroupInternals, Set<string>>();
  ConsumerGroup.prototype.getNodeIds = function () {
    const known = seen.get(this) ?? new Set();
    seen.set(this, known);
    const size = known.size;
    for (const nodeId of getNodeIds.call(this)) known.add(nodeId);
    if (size > 0 && known.size > size) hooksOf(this)?.leadersMoved();
    return [...known];
  };
}

const lastLeaders = new WeakMap<ConsumerGroupInternals, string>();

/** Whether the group's partitions have other leaders than when this was called last. */
function noteLeaders(group: ConsumerGroupInternals): boolean {
  const leaders = group.assigned().flatMap(({ topic, partitions }) => {
    const leaderOf = new Map(
      group.cluster.findTopicPartitionMetadata(topic).map(({ partitionId, leader }) => [partitionId, leader]),
    );
    return partitions.map((partition) => leaderOf.get(partition));
  });
  const before = lastLeaders.get(group);
  lastLeaders.set(group, leaders.join());
  return before !== leaders.join();
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
      const { host, port } = this;
      const silence = new KafkaJSConnectionClosedError(`${host}:${String(port)} did not answer: ${error.message}`, {
        host,
        port,
      });
      // Closing waits for what is under way, which waits for the same broker.
      this.rejectRequests(silence);
      await this.disconnect();
      throw silence;
    }
  };
}
