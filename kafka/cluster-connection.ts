import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../lib/errors/app-error.ts';
import { findClosedConnection, isUnknownTopic, toAppError } from './kafka-error.ts';
import { createKafka, type KafkaOptions } from './create-kafka.ts';
import { createCluster, forgetBrokenBroker, forgetTopics, type ClusterInternals } from './kafkajs/internals.ts';

interface ClusterConnectionOptions extends KafkaOptions {
  /** How long a call is tried again before it fails, in milliseconds. @default 10,000 */
  readonly patienceMs?: number;
  /** Silence after which a broker is given up, in milliseconds. @default 3000 */
  readonly requestTimeoutMs?: number;
}

/** A connection to the brokers that repairs itself: every call finds it connected and with fresh metadata. */
export interface ClusterConnection {
  /**
   * Runs a call, again after a failure until patience ends. A broker that does not answer is dropped, so that the
   * next try asks another one, unless it must be that one: a leader is replaced when its ZooKeeper session has ended.
   *
   * @param doing what the call does, for the error's sentence: "reading offsets of app"
   * @throws AppError `kafka-unavailable`
   */
  run<T>(doing: string, call: (cluster: ClusterInternals) => Promise<T>): Promise<T>;
  /** Tells that a request beside `run` failed: what broke is dropped, and the brokers are asked anew who leads what. */
  report(error: unknown): Promise<void>;
  disconnect(): Promise<void>;
}

const METADATA_MAX_AGE_MS = 15_000;
const RETRY_AFTER_MS = 200;
/** Longer than it takes until a silent broker's partitions have new leaders: its session lasts 6 to 9 s. */
const DEFAULT_PATIENCE_MS = 10_000;
const DEFAULT_REQUEST_TIMEOUT_MS = 3000;

/** Connects at the first call, not here. Its caller disconnects it. */
export function createClusterConnection(options: ClusterConnectionOptions): ClusterConnection {
  const { logger, patienceMs = DEFAULT_PATIENCE_MS, requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = options;
  let seeds = options.brokers;
  // kafkajs would connect to the same silent seed again and again: every retry is made here.
  const open = (): ClusterInternals =>
    createCluster(createKafka({ ...options, brokers: seeds }, { requestTimeoutMs, retries: 0 }), {
      metadataMaxAgeMs: METADATA_MAX_AGE_MS,
    });
  let cluster = open();
  let connecting: Promise<void> | undefined;
  let isClosed = false;

  const attempt = async <T>(used: ClusterInternals, call: (cluster: ClusterInternals) => Promise<T>): Promise<T> => {
    // While it connects, kafkajs says that it is connected, and cannot be asked anything.
    if (connecting !== undefined || !used.isConnected()) {
      await (connecting ??= used.connect().finally(() => (connecting = undefined)));
    }
    return call(used);
  };

  /** With nobody connected, the next seed is the first: kafkajs goes on to it only when one refuses, not when one is silent. */
  const startOver = (): void => {
    const old = cluster;
    seeds = [...seeds.slice(1), ...seeds.slice(0, 1)];
    cluster = open();
    old.disconnect().catch((error: unknown) => logger.debug(`leaving the brokers: ${messageOf(error)}`));
  };

  const mend = async (used: ClusterInternals, error: unknown): Promise<void> => {
    forgetBrokenBroker(used, error);
    // Somebody else's call failed before and has begun anew, or is at it.
    if (used !== cluster || connecting !== undefined) return;
    if (!used.isConnected()) startOver();
    else await used.refreshMetadata().catch((again: unknown) => mendMetadata(used, again));
  };

  const mendMetadata = (used: ClusterInternals, error: unknown): void => {
    forgetBrokenBroker(used, error);
    if (isUnknownTopic(error)) forgetTopics(used);
  };

  return {
    async run(doing, call) {
      const deadline = Date.now() + patienceMs;
      for (;;) {
        const used = cluster;
        try {
          return await attempt(used, call);
        } catch (error) {
          if (isClosed || Date.now() > deadline) throw toAppError(error, doing);
          if (findClosedConnection(error)) logger.warn(`${doing} is tried again: ${messageOf(error)}`);
          await mend(used, error);
          await delay(RETRY_AFTER_MS);
        }
      }
    },
    report: (error) => mend(cluster, error),
    async disconnect() {
      isClosed = true;
      await cluster.disconnect();
    },
  };
}
