/**
 * Repairs of kafkajs 2.2.4. The version is checked, because every repair is written for the code of that version.
 */
import { createRequire } from 'node:module';
import kafkajsErrors from 'kafkajs/src/errors.js';
import Connection from 'kafkajs/src/network/connection.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { PRODUCE_API_KEY, trackedAttempts } from './internals.ts';

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
